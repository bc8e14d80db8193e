/** serve, migrate, rotate-key, schema. What only one of them needs is imported there, because every command loads this file. */
import type { Command } from "commander";
import { readEnvironment } from "../settings/environment.ts";
import { examples } from "./help.ts";
import { commandContext, type OutputOptions, print, withCore } from "./run.ts";

export function addServerCommands(program: Command): void {
  program
    .command("serve")
    .description("start the gateway; migrates the database first and stops on SIGTERM or Ctrl+C")
    .action(async () => {
      const { serve } = await import("../start/serve.ts");
      await serve(readEnvironment);
    });

  program
    .command("migrate")
    .description(
      "migrate the database to the newest schema, and create it if needed; several processes may do so at once",
    )
    .option("--json", "print the result as JSON")
    .action((options: OutputOptions) =>
      withCore(
        async ({ migrated }) =>
          print(
            { migrated },
            options,
            migrated.length > 0 ? migrated.map((name) => `Ran ${name}`) : ["The database is up to date."],
          ),
        { mayCreate: true },
      ),
    );

  program
    .command("rotate-key")
    .description(
      "rotate the signing key: publish a new one, which signs after SIGNING_KEY_PUBLISH_MINUTES; issued tokens stay valid",
    )
    .option("--json", "print the result as JSON")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const key = await services.signingKeys.rotate(commandContext());
        print(key, options, [`Key ${key.kid} is published. It signs from ${key.signsFrom.toISOString()}.`]);
      }),
    );

  program
    .command("schema [graph]")
    .description("print the schema (SDL) of a graph: gateway (default) or admin")
    .addHelpText("after", examples("passerby schema admin > admin.graphql"))
    .action(async (graph: string = "gateway") => {
      const builders = {
        gateway: async () => (await import("../graphql/graph.ts")).buildGatewayGraph(),
        admin: async () => (await import("../admin/graph.ts")).buildAdminGraph(),
      };
      const build = builders[graph as keyof typeof builders];
      if (!build) program.error(`There is no graph ${graph}. It must be gateway or admin.`, { exitCode: 2 });
      process.stdout.write((await build()).sdl);
    });
}
