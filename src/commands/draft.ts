/** config review, config rebase, config discard, config deploy */
import type { Command } from "commander";
import type { DraftView } from "../deployments/drafts/draft-view.ts";
import { changeLines } from "./changes.ts";
import type { ConfirmOptions } from "./confirm.ts";
import { confirmDeployment, YES_OPTION } from "./confirm-deployment.ts";
import { examples } from "./help.ts";
import { reviewLines } from "./review-lines.ts";
import { commandContext, type OutputOptions, print, withCore } from "./run.ts";

export const DRAFT_REVISION_OPTION = [
  "--revision <id>",
  "fail unless the draft still has this revision, which config review prints",
] as const;

interface DraftOptions extends OutputOptions {
  readonly revision?: string;
}

export const printDraft = (draft: DraftView, options: OutputOptions): void =>
  print(draft, options, ["In the draft:", ...changeLines(draft.changes), "Next: passerby config review"]);

export function addDraftCommands(config: Command): void {
  config
    .command("review")
    .description(
      "show the changes of the draft, how many users would lose access, and the revision of the draft",
    )
    .option("--json", "print the result as JSON")
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
    .description(
      "apply the changes of the draft to the live version, if another version was deployed after the draft was started",
    )
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "print the result as JSON")
    .action((options: DraftOptions) =>
      withCore(async ({ services }) => {
        const draft = await services.deployments.rebaseDraft(commandContext(), options.revision);
        if (draft) return printDraft(draft, options);
        print(null, options, ["All changes of the draft are live already. The draft was deleted."]);
      }),
    );

  config
    .command("discard")
    .description("discard the draft")
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "print the result as JSON")
    .action((options: DraftOptions) =>
      withCore(async ({ services }) => {
        const discarded = await services.deployments.discardDraft(commandContext(), options.revision);
        print({ discarded }, options, [discarded ? "The draft is discarded." : "There is no draft."]);
      }),
    );

  config
    .command("deploy")
    .description(
      "make the draft live, on every gateway within a second; asks for confirmation if users lose access",
    )
    .option("--note <text>", "why; shown in the history")
    .option(...DRAFT_REVISION_OPTION)
    .option(...YES_OPTION)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples(
        'passerby config deploy --note "Google login"',
        "passerby config deploy --revision <revision of config review> --yes",
      ),
    )
    .action((options: DraftOptions & ConfirmOptions & { note?: string }) =>
      withCore(async ({ services: { deployments } }) => {
        const [draft, review] = [await deployments.findDraft(), await deployments.review()];
        const draftRevision = options.revision ?? review?.draftRevision ?? null;
        // No confirmation for a draft that cannot be deployed: deploy() fails with the reason.
        const isCurrent = draft?.overtakenBy.length === 0 && review?.draftRevision === draftRevision;
        if (review && isCurrent) {
          const command = `passerby config deploy --revision ${draftRevision}`;
          await confirmDeployment(review, { ...options, command });
        }
        const deployment = await deployments.deploy(commandContext(), {
          note: options.note ?? null,
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
