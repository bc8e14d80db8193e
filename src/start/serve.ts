/** The serving process: settings → app → listen → drain. */
import { type AddressInfo, createServer } from "node:net";
import type { Logger } from "pino";
import type { App } from "../app.ts";
import { isPlausible, systemClock } from "../clock.ts";
import { readAllSettings } from "../core.ts";
import { createLog } from "../log.ts";
import { requestBudget } from "../request-budget.ts";
import type { ListenAddress } from "../settings/endpoints.ts";
import type { Settings } from "../settings/settings.ts";
import { listenForMetrics, type MetricsListener } from "../telemetry/metrics-listener.ts";
import { announce } from "./banner.ts";
import { StartError } from "./start-error.ts";
import { explainFailure, ListenError } from "./start-failures.ts";
import { handleSignals } from "./stopping.ts";

/** Serves until SIGTERM or SIGINT. If it cannot start, it prints what to do and exits with 1. */
export async function serve(
  readEnvironment: (warn: (sentence: string) => void) => NodeJS.ProcessEnv,
): Promise<void> {
  const stopOnSignal = handleSignals();
  try {
    requireClock(systemClock.now());
    const { settings, release } = await readSettings(readEnvironment(warn));
    const log = createLog(settings.logLevel);
    // Loaded now, so that an error in the settings is printed in half the time.
    const { createApp } = await import("../app.ts");
    const app = await createApp({ settings, log });
    await release();
    const metrics = await listen(app, { settings, log });
    stopOnSignal({
      log,
      drainSeconds: settings.drainSeconds,
      async stop(options) {
        await app.stop(options);
        // Last, so that draining can be observed.
        await metrics?.close();
      },
    });
    // After the signal handlers: a reader of the banner may send a signal at once.
    announce({ settings, app, log, metricsUrl: metrics?.url ?? null });
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exit(1);
  }
}

/** @throws StartError */
function requireClock(now: Date): void {
  if (isPlausible(now)) return;
  throw new StartError(
    `The clock of this machine is wrong: ${now.toISOString()}. Correct it, because tokens, sessions and the expiry of users depend on it.`,
  );
}

const warn = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/**
 * With PORT=0 the port is chosen now and reserved until the gateway listens, because without PUBLIC_URL it is part of the
 * issuer.
 */
async function readSettings(
  environment: NodeJS.ProcessEnv,
): Promise<{ settings: Settings; release: () => Promise<void> }> {
  const settings = readAllSettings(environment);
  if (settings.port !== 0) return { settings, release: async () => {} };
  const holder = createServer();
  await new Promise<void>((resolve, reject) => {
    const { host } = settings;
    holder.once("error", (error) => reject(new ListenError(error, { host, port: 0 })));
    holder.listen({ host, port: 0 }, resolve);
  });
  const { port } = holder.address() as AddressInfo;
  return {
    settings: readAllSettings({ ...environment, PORT: String(port) }),
    release: () => new Promise((resolve) => holder.close(() => resolve())),
  };
}

/** @returns null when metrics are not served */
async function listen(
  { http }: App,
  { settings, log }: { settings: Settings; log: Logger },
): Promise<MetricsListener | null> {
  const { host, port, metricsAt } = settings;
  const listenToMetrics = async (address: ListenAddress): Promise<MetricsListener> => {
    try {
      return await listenForMetrics(http.metrics, address);
    } catch (error) {
      throw new ListenError(error, { ...address, setting: "METRICS_PORT" });
    }
  };
  // Before clients can connect: a METRICS_PORT that was set and is in use is an error.
  const asked = metricsAt?.isRequired ? await listenToMetrics(metricsAt) : null;
  const { fastify } = http;
  const level = fastify.log.level;
  try {
    // Fastify would log each address; the banner has the URL.
    if (level === "info") fastify.log.level = "warn";
    await fastify.listen({ port, host, backlog: requestBudget.backlog });
  } catch (error) {
    throw new ListenError(error, { host, port, setting: "PORT" });
  } finally {
    fastify.log.level = level;
  }
  if (asked || !metricsAt) return asked;
  return listenToMetrics(metricsAt).catch((error: ListenError) => {
    log.warn({ metricsPort: metricsAt.port }, `metrics are not served: ${error.message}`);
    return null;
  });
}
