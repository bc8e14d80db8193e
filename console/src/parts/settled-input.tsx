import { TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useState } from "react";

/** A text field that reports its value on blur or Enter, not on every keystroke. */
export function SettledInput({
  value,
  onSettle,
  ...rest
}: Omit<TextInputProps, "value" | "onChange" | "onBlur" | "onKeyDown"> & {
  value: string;
  onSettle: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const settle = (): void => {
    if (text.trim() !== value) onSettle(text.trim());
  };
  return (
    <TextInput
      {...rest}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}
