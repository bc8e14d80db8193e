import { TextInput, type TextInputProps } from "@mantine/core";
import { useTypedText } from "./typed-text.ts";

/** A text field that reports its value on blur or Enter, not on every keystroke. */
export function SettledInput({
  value,
  onSettle,
  ...rest
}: Omit<TextInputProps, "value" | "onChange" | "onBlur" | "onKeyDown"> & {
  value: string;
  onSettle: (value: string) => void;
}) {
  const typed = useTypedText(value);
  const settle = (): void => {
    const text = typed.settle();
    if (text !== value) onSettle(text);
  };
  return (
    <TextInput
      {...rest}
      value={typed.text}
      onChange={(event) => typed.type(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}
