/** serve, migrate, rotate-key, schema. What only one of them needs is loaded by it: every command starts with this file. */
import type { Command } from "commander";
import { readEnvironment } from "../settings/environment.ts";
import { type OutputOptions, print, withCore } from "./run.ts";

export function addServerCommands(program: Command): void {
  program
    .command("serve")
    .description("migrate the database and serve until SIGTERM")
    .action(async () => {
      const { serve } = await import("../start/serve.ts");
      await serve(readEnvironment);
    });

  program
    .command("migrate")
    .description(
      "bring the database to the newest schema; safe to repeat, and from several processes at once",
    )
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(
        async ({ migrated }) =>
          print(
            { migrated },
            options,
            migrated.length > 0 ? migrated.map((name) => `ran ${name}`) : ["The database is up to date."],
          ),
        { mayCreate: true },
      ),
    );

  program
    .command("rotate-key")
    .description(
      "publish the next signing key; it signs once consumers know it, and tokens of the old one stay valid",
    )
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const key = await services.signingKeys.rotate();
        print(key, options, [`Key ${key.kid} is published and signs from ${key.signsFrom.toISOString()}.`]);
      }),
    );

  program
    .command("schema [graph]")
    .description("print the SDL of a graph: gateway (the default) or admin")
    .action(async (graph: string = "gateway") => {
      const builders = {
        gateway: async () => (await import("../graphql/graph.ts")).buildGatewayGraph(),
        admin: async () => (await import("../admin/graph.ts")).buildAdminGraph(),
      };
      const build = builders[graph as keyof typeof builders];
      if (!build) program.error(`There is no graph ${graph}: gateway or admin.`, { exitCode: 2 });
      process.stdout.write((await build()).sdl);
    });
}
