import type { Review } from "../deployments/review/review.ts";
import { type ConfirmOptions, confirm } from "./confirm.ts";
import { dangerSentence, reviewLines } from "./review-lines.ts";

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
  { command, ...options }: ConfirmOptions & { command: string },
): Promise<void> {
  const { dangers } = review;
  if (dangers.length === 0) return;
  if (!options.json) process.stdout.write(`${reviewLines(review).join("\n")}\n\n`);
  await confirm(options, {
    question: "Deploy?",
    loss: dangers.map(dangerSentence).join("; "),
    nothing: "Nothing was deployed.",
    anyway: `To deploy anyway: ${command} --yes`,
    dangers,
  });
}
