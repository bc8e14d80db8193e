/** Asks for confirmation of a dangerous deployment; without a terminal it fails unless `--yes` is given. */
import { createInterface } from "node:readline";
import type { Danger } from "../deployments/review/dangers.ts";
import type { Review } from "../deployments/review/review.ts";
import { dangerSentence, reviewLines } from "./review-lines.ts";
import type { OutputOptions } from "./run.ts";

/** Nothing was deployed: the answer was not yes, or there is no terminal. */
export class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
  constructor(
    message: string,
    readonly dangers: readonly Danger[],
  ) {
    super(message);
  }
}

export interface ConfirmOptions extends OutputOptions {
  readonly yes?: boolean;
}

export const YES_OPTION = [
  "--yes",
  "deploy without confirmation, even if users lose access or a provider is removed",
] as const;

/**
 * Returns at once if the review has no dangers.
 * @param options.command the command line that deploys with `--yes`, for the error
 * @throws NotConfirmedError
 */
export async function confirmDeployment(
  review: Review,
  { yes, json, command }: ConfirmOptions & { command: string },
): Promise<void> {
  const { dangers } = review;
  if (dangers.length === 0) return;
  if (!json) process.stdout.write(`${reviewLines(review).join("\n")}\n\n`);
  if (yes) return;
  if (!json && process.stdin.isTTY && process.stderr.isTTY) {
    if (await ask("Deploy? [y/N] ")) return;
    throw new NotConfirmedError("Nothing was deployed.", dangers);
  }
  throw new NotConfirmedError(
    `${dangers.map(dangerSentence).join("; ")}. Nothing was deployed. To deploy anyway: ${command} --yes`,
    dangers,
  );
}

/** An empty answer, the end of the input and Ctrl+C count as no. */
function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once("close", () => resolve(false));
    terminal.question(question, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer));
      terminal.close();
    });
  });
}
