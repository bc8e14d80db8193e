import { type ReactNode, useEffect, useRef } from "react";

const LAYERS = "g[class^='recharts-zIndex-layer']:not([tabindex])";

/**
 * A chart as one labelled image that the Tab key skips; keyboard users read the table instead. Without this, Chromium
 * makes each SVG layer of recharts a tab stop, because React attaches event listeners to it.
 */
export function Drawing({ label, children }: { label: string; children: ReactNode }) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawing = container.current;
    if (!drawing) return;
    const skipLayers = (): void => {
      for (const layer of drawing.querySelectorAll(LAYERS)) layer.setAttribute("tabindex", "-1");
    };
    skipLayers();
    const observer = new MutationObserver(skipLayers);
    observer.observe(drawing, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  return (
    <div role="img" aria-label={label} ref={container}>
      {children}
    </div>
  );
}
