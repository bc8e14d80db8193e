/** config review, config rebase, config discard, config deploy: what becomes of a draft. */
import type { Command } from "commander";
import type { DraftView } from "../deployments/drafts/drafts.ts";
import { changeLines } from "./changes.ts";
import { type ConfirmOptions, confirmDeployment, YES_OPTION } from "./confirm-deployment.ts";
import { reviewLines } from "./review-lines.ts";
import { type OutputOptions, operator, print, withCore } from "./run.ts";

export const DRAFT_REVISION_OPTION = [
  "--revision <id>",
  "only if the draft is still the one that config review printed",
] as const;

interface DraftOptions extends OutputOptions {
  readonly revision?: string;
}

export const printDraft = (draft: DraftView, options: OutputOptions): void =>
  print(draft, options, ["In the draft:", ...changeLines(draft.changes), "Next: passerby config review"]);

export function addDraftCommands(config: Command): void {
  config
    .command("review")
    .description("what the draft changes, its impact on users, and its revision for config deploy")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const review = await services.deployments.review();
        if (!review || review.changes.length === 0)
          return print(review, options, ["There is nothing to deploy."]);
        print(review, options, [
          ...reviewLines(review),
          "",
          `Next: passerby config deploy --revision ${review.draftRevision}, or passerby config discard`,
        ]);
      }),
    );

  config
    .command("rebase")
    .description("put the draft's changes on top of what went live since it was begun")
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "for programs")
    .action((options: DraftOptions) =>
      withCore(async ({ services }) => {
        const draft = await services.deployments.rebaseDraft(operator(), options.revision);
        if (draft) return printDraft(draft, options);
        print(null, options, ["Nothing of it was left to deploy. The draft is gone."]);
      }),
    );

  config
    .command("discard")
    .description("throw the draft away")
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "for programs")
    .action((options: DraftOptions) =>
      withCore(async ({ services }) => {
        const discarded = await services.deployments.discardDraft(options.revision);
        print({ discarded }, options, [discarded ? "The draft is gone." : "There was no draft."]);
      }),
    );

  config
    .command("deploy")
    .description("make the draft live, on every gateway within a second; asks first when users lose access")
    .option("--note <text>", "why, for the history")
    .option(...DRAFT_REVISION_OPTION)
    .option(...YES_OPTION)
    .option("--json", "for programs")
    .action((options: DraftOptions & ConfirmOptions & { note?: string }) =>
      withCore(async ({ services: { deployments } }) => {
        const [draft, review] = [await deployments.findDraft(), await deployments.review()];
        const draftRevision = options.revision ?? review?.draftRevision ?? null;
        // What cannot be deployed is not asked about: deploying it says why.
        const isCurrent = draft?.overtakenBy.length === 0 && review?.draftRevision === draftRevision;
        if (review && isCurrent) {
          const command = `passerby config deploy --revision ${draftRevision}`;
          await confirmDeployment(review, { ...options, command });
        }
        const deployment = await deployments.deploy({
          note: options.note ?? null,
          by: operator(),
          draftRevision,
        });
        const { version, changes, deployedAt, deployedBy, note } = deployment;
        const { impact = [], dangers = [] } = review ?? {};
        print({ version, changes, impact, dangers, deployedAt, deployedBy, note }, options, [
          `Version ${version} is live.`,
          ...changeLines(changes),
          ...(dangers.some(({ users }) => users > 0) ? [] : ["No user loses access."]),
        ]);
      }),
    );
}
