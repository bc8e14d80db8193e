import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Page state in the URL: it can be shared, survives a reload, and "back" undoes it. */
export function useAddressParameters<Name extends string>(): {
  /** null when the parameter is absent or empty. */
  read(name: Name): string | null;
  /** Sets parameters, and removes those that are null or empty. Resets the list to its first page. */
  write(changes: Partial<Record<Name, string | null>>): void;
} {
  const [parameters, setParameters] = useSearchParams();
  const write = useCallback(
    (changes: Partial<Record<Name, string | null>>) =>
      setParameters(() => {
        // The browser's URL, not the router's, which lags until the next render.
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
