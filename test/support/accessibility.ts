/** What axe finds in a page, by a script that is put into each document once: axe's own driver does it for each look. */
import axe, { type RunOptions } from "axe-core";
import type { Page } from "playwright-core";

export const WCAG: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
};

/** Resolves when no color or place is on its way to another one. Runs in the page. */
async function endTransitions(): Promise<void> {
  const running = () => document.getAnimations().filter((each) => each instanceof CSSTransition);
  do {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(running().map(({ finished }) => finished));
  } while (running().length > 0);
}

/** @returns a line for each element that violates a rule, once the page is at rest. Expect none. */
export async function findViolations(page: Page, options: RunOptions): Promise<string[]> {
  await page.evaluate(endTransitions);
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(document, options),
    { ...options, resultTypes: ["violations" as const] },
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
