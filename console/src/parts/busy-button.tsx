import { Button, type ButtonProps } from "@mantine/core";
import { type ComponentPropsWithoutRef, useEffect, useRef } from "react";

/**
 * A button that cannot be pressed while what it began is under way. A browser takes the focus from a button that is
 * disabled; it is given back when the work is done, unless it has gone elsewhere.
 */
export function BusyButton({
  isBusy,
  ...rest
}: ButtonProps & Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps> & { isBusy: boolean }) {
  const button = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    if (isBusy || !hadFocus.current) return;
    hadFocus.current = false;
    if (document.activeElement === document.body) button.current?.focus({ preventScroll: true });
  }, [isBusy]);
  return (
    <Button
      {...rest}
      ref={button}
      loading={isBusy}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={({ currentTarget }) => {
        // It goes because the button is disabled, or because the operator moved the focus.
        if (!currentTarget.disabled) hadFocus.current = false;
      }}
    />
  );
}
