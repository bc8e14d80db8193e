import { Button, type ButtonProps } from "@mantine/core";
import { type ComponentPropsWithoutRef, useEffect, useRef } from "react";

/**
 * A button that is disabled while its action runs. Browsers drop the focus of a disabled button; it is restored
 * afterwards, unless the operator moved it.
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
        // A disabled button loses the focus by itself; otherwise the operator moved it.
        if (!currentTarget.disabled) hadFocus.current = false;
      }}
    />
  );
}
