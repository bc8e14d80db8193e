import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** The review dialog opens over any page and is addressable as `?review`. */
export function useReviewAddress(): { isOpen: boolean; open(): void; close(): void } {
  const [parameters, setParameters] = useSearchParams();
  const change = useCallback(
    (isOpen: boolean): void =>
      setParameters((before) => {
        const after = new URLSearchParams(before);
        if (isOpen) after.set("review", "");
        else after.delete("review");
        return after;
      }),
    [setParameters],
  );
  return {
    isOpen: parameters.has("review"),
    open: useCallback(() => change(true), [change]),
    close: useCallback(() => change(false), [change]),
  };
}
