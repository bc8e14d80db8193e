import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** What a page shows is in its address: it can be shared, is there after a reload, and "back" undoes it. */
export function useAddressParameters<Name extends string>(): {
  /** null for what is not in the address, or is there without a value. */
  read(name: Name): string | null;
  /** Puts values into the address, and takes those out that are null or empty. Which page was shown is forgotten. */
  write(changes: Partial<Record<Name, string | null>>): void;
} {
  const [parameters, setParameters] = useSearchParams();
  const write = useCallback(
    (changes: Partial<Record<Name, string | null>>) =>
      setParameters(() => {
        // The browser's, not the router's: what was written a moment ago may not be drawn yet.
        const after = new URLSearchParams(window.location.search);
        after.delete("after");
        for (const [name, value] of Object.entries<string | null | undefined>(changes)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      }),
    [setParameters],
  );
  return { read: (name) => parameters.get(name) || null, write };
}
