/** Focuses the page's heading, for when the focused element was removed. */
export function focusHeading(): void {
  // A closing dialog restores the focus first, in the frame in which it unmounts.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const heading = document.querySelector<HTMLElement>("main h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
    }),
  );
}
