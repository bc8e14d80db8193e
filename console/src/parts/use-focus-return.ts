import { useEffect, useRef } from "react";

/** Restores the focus after a dialog that mounts open, or moves it to the page if the previous element was removed. */
export function useFocusReturn(): void {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const from = before.current;
    return () => {
      const target = from instanceof HTMLElement && from.isConnected ? from : document.getElementById("main");
      // After the dialog has released the focus.
      setTimeout(() => target?.focus({ preventScroll: true }));
    };
  }, []);
}
