/** The serving process: settings → app → listen → drain. */
import { type App, createApp, readAllSettings } from "./app.ts";
import { announce } from "./banner.ts";
import { createLog } from "./log.ts";
import type { Settings } from "./settings.ts";
import { explainFailure, ListenError } from "./start-failures.ts";

const DRAIN_SECONDS = 15;

/** Serves until SIGTERM or SIGINT. A refusal to start prints what to do and exits with 1. */
export async function serve(readEnvironment: () => NodeJS.ProcessEnv): Promise<void> {
  try {
    const settings = readAllSettings(readEnvironment());
    const log = createLog(settings.logLevel);
    const app = await createApp({ settings, log });
    await listen(app, settings);
    const { port } = app.http.fastify.server.address() as { port: number };
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
    announce({ settings, port, adminKey: app.newAdminKey, file: app.database.file });
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exit(1);
  }
}

async function listen({ http: { fastify } }: App, { host, port }: Settings): Promise<void> {
  const { log } = fastify;
  const level = log.level;
  try {
    // The banner says where it listens; Fastify would too, once for each address.
    if (level === "info") log.level = "warn";
    await fastify.listen({ port, host });
  } catch (error) {
    throw new ListenError(error, { host, port });
  } finally {
    log.level = level;
  }
}
