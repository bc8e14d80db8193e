/** Puts the focus at the top of the page, for when what had it is gone. */
export function focusHeading(): void {
  // A dialog gives the focus back first, in the frame in which it is gone.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const heading = document.querySelector<HTMLElement>("main h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
    }),
  );
}
