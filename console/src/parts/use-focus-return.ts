import { useEffect, useRef } from "react";

/** For a dialog that is mounted open: whoever closes it is where they were, or on the page if that is gone. */
export function useFocusReturn(): void {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const from = before.current;
    return () => {
      const place = from instanceof HTMLElement && from.isConnected ? from : document.getElementById("main");
      // Only after the dialog has let go of the focus.
      setTimeout(() => place?.focus({ preventScroll: true }));
    };
  }, []);
}
