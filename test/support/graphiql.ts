import type { Page } from "playwright-core";

/** Runs a step of GraphiQL's walkthrough. @throws Error when the response has no data */
export async function runStep(
  page: Page,
  step: number,
): Promise<{ data: Record<string, never>; errors?: unknown }> {
  await page
    .locator(".graphiql-tab-button")
    .nth(step - 1)
    .click();
  await page.locator(".graphiql-query-editor", { hasText: new RegExp(`#\\s${step}\\.`) }).waitFor();
  // GraphiQL parses the operation some time after the text changes.
  await page.waitForTimeout(300);
  const response = page.waitForResponse(
    (each) => each.url().endsWith("/graphql") && !each.request().postData()?.includes("__schema"),
  );
  await page.locator(".graphiql-execute-button").click();
  const result = await (await response).json();
  if (!result.data) throw new Error(JSON.stringify(result));
  return result;
}
