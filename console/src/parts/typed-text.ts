import { useEffect, useRef, useState } from "react";

/**
 * The text of a field whose value is in the URL. The URL changes some renders after a click: what is typed in between
 * stays, until it is settled.
 */
export function useTypedText(value: string): {
  readonly text: string;
  type(text: string): void;
  /** @returns the text without surrounding spaces. From now on the value replaces it when it changes. */
  settle(): string;
} {
  const [text, setText] = useState(value);
  const isTyped = useRef(false);
  useEffect(() => {
    if (!isTyped.current) setText(value);
  }, [value]);
  return {
    text,
    type(next) {
      isTyped.current = true;
      setText(next);
    },
    settle() {
      isTyped.current = false;
      return text.trim();
    },
  };
}
