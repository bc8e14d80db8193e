import { type ReactNode, useEffect, useRef } from "react";

const LAYERS = "g[class^='recharts-zIndex-layer']:not([tabindex])";

/**
 * What a chart draws: one picture with one name, and no stop for the keyboard. Its table is the form to read by keyboard.
 * React listens on the layers that recharts makes of it, and Chromium makes every SVG element a stop that is listened on.
 */
export function Drawing({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawing = place.current;
    if (!drawing) return;
    const leaveOut = (): void => {
      for (const layer of drawing.querySelectorAll(LAYERS)) layer.setAttribute("tabindex", "-1");
    };
    leaveOut();
    const observer = new MutationObserver(leaveOut);
    observer.observe(drawing, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  return (
    <div role="img" aria-label={label} ref={place}>
      {children}
    </div>
  );
}
