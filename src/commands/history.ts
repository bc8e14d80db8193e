/** config history, config redeploy */
import type { Command } from "commander";
import { PasserbyError } from "../errors.ts";
import { wholeNumber } from "./arguments.ts";
import { changeLines } from "./changes.ts";
import type { ConfirmOptions } from "./confirm.ts";
import { confirmDeployment, YES_OPTION } from "./confirm-deployment.ts";
import { commandContext, type OutputOptions, print, table, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

const LAST_VERSION = 2_147_483_647;

export function addHistoryCommands(config: Command): void {
  config
    .command("history")
    .description("list deployments, newest first")
    .option("--limit <count>", "maximum number of deployments", wholeNumber(1, 1_000), 20)
    .option("--json", "print the result as JSON")
    .action(({ limit, ...options }: OutputOptions & { limit: number }) =>
      withCore(async ({ services }) => {
        const deployments = await services.deployments.list({ before: null, limit });
        print(
          deployments.map(({ providers: _, ...shown }) => shown),
          options,
          table(
            ["VERSION", "WHEN", "BY", "CHANGES", "NOTE"],
            deployments.map(({ version, deployedAt, deployedBy, changes, note }) => [
              version,
              formatTime(deployedAt),
              deployedBy,
              changes.length,
              note,
            ]),
          ),
        );
      }),
    );

  config
    .command("redeploy")
    .description(
      "deploy an earlier version again, as a new version; asks for confirmation if users lose access",
    )
    .argument("<version>", "number of the version, which config history lists", wholeNumber(1, LAST_VERSION))
    .option(...YES_OPTION)
    .option("--json", "print the result as JSON")
    .action((version: number, options: ConfirmOptions) =>
      withCore(async ({ services }) => {
        const [old] = await services.deployments.list({ before: version + 1, limit: 1 });
        if (old?.version !== version) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `There is no version ${version}. \`passerby config history\` lists them.`,
          });
        }
        const review = await services.deployments.reviewRedeploy(version);
        await confirmDeployment(review, { ...options, command: `passerby config redeploy ${version}` });
        const deployment = await services.deployments.redeploy(commandContext(), version, review.baseVersion);
        const { providers: _, ...shown } = deployment;
        print({ ...shown, impact: review.impact, dangers: review.dangers }, options, [
          `Version ${deployment.version} is live, with the configuration of version ${version}.`,
          ...changeLines(deployment.changes),
        ]);
      }),
    );
}
