/** The serving process: settings → app → listen → drain. */
import { pino } from "pino";
import { createApp } from "./app.ts";
import { readSettings } from "./settings.ts";
import { explainFailure } from "./start-failures.ts";

const DRAIN_SECONDS = 15;

/** Serves until SIGTERM or SIGINT. A refusal to start prints what to do and exits with 1. */
export async function serve(readEnvironment: () => NodeJS.ProcessEnv): Promise<void> {
  try {
    const settings = readSettings(readEnvironment());
    const log = pino({
      level: settings.logLevel,
      redact: ["req.headers.authorization", "*.password", "*.accessToken", "*.refreshToken", "*.secret"],
    });
    const app = await createApp({ settings, log });
    await app.http.fastify.listen({ port: settings.port, host: settings.host });
    const { port } = app.http.fastify.server.address() as { port: number };
    const base = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
    let stopping = false;
    const stop = (signal: string): void => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, "draining");
      setTimeout(() => process.exit(1), DRAIN_SECONDS * 1_000).unref();
      app.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, "stopping failed");
          process.exit(1);
        },
      );
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
    // Last: whoever reads it may already send a signal.
    announce({
      base,
      adminKey: app.newAdminKey,
      keyFile: app.database.file && `${app.database.file}.admin-key`,
      graphiql: settings.graphiql,
    });
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exit(1);
  }
}

/** For people, so on standard error: standard output has the log. */
function announce({
  base,
  adminKey,
  keyFile,
  graphiql,
}: {
  base: string;
  adminKey: string | null;
  keyFile: string | null;
  graphiql: boolean;
}): void {
  const lines = [
    "",
    "  Passerby is ready",
    "",
    `  Graph        ${base}/graphql`,
    ...(graphiql ? [`  GraphiQL     ${base}/graphiql`] : []),
    `  Admin graph  ${base}/admin/graphql`,
  ];
  if (adminKey) {
    lines.push("", `  Admin key    ${adminKey}`);
    lines.push(`               shown this once${keyFile ? `; kept in ${keyFile}` : ""}`);
  }
  process.stderr.write(`${lines.join("\n")}\n\n`);
}
