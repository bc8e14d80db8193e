/** What a started gateway says: where it is, what it works on, and where its new admin key is. */
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import type { Logger } from "pino";
import type { App } from "../app.ts";
import type { Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";

/**
 * For people on standard error; where nobody watches also as a line of the log, and then without the admin key: what is
 * printed there is kept by whoever collects logs.
 */
export function announce({
  settings,
  app: { database, newAdminKey, http },
  log,
  metricsUrl,
}: {
  settings: Settings;
  app: Pick<App, "database" | "newAdminKey" | "http">;
  log: Logger;
  /** null when they are not served. */
  metricsUrl: string | null;
}): void {
  const { address, port } = http.fastify.server.address() as AddressInfo;
  const isWatched = process.stderr.isTTY === true;
  if (!isWatched) {
    const kind = settings.databaseUrl.startsWith("sqlite:") ? "sqlite" : "postgres";
    const { publicUrl } = settings;
    log.info({ address, port, publicUrl, metricsUrl, database: kind, version: VERSION }, "listening");
  }
  const base = baseUrl(settings, port);
  const lines = [
    "",
    "  Passerby is ready",
    "",
    `  Graph        ${base}/graphql`,
    ...(settings.graphiql ? [`  GraphiQL     ${base}/graphiql`] : []),
    ...(settings.console ? [`  Console      ${base}/console`] : []),
    `  Admin graph  ${base}/admin/graphql`,
    `  Metrics      ${metricsUrl ?? describeMissing(settings)}`,
    `  Database     ${database.file ? resolve(database.file) : describeDatabase(settings.databaseUrl)}`,
  ];
  if (newAdminKey) lines.push("", ...describeAdminKey(newAdminKey, { file: database.file, isWatched }));
  lines.push("", "  Stop with Ctrl+C");
  process.stderr.write(`${lines.join("\n")}\n\n`);
}

const describeMissing = ({ metricsAt }: Settings): string =>
  metricsAt ? `none: port ${metricsAt.port} is in use; set METRICS_PORT to another` : "off";

/** @param about.file null for a throw-away database, whose keys are kept nowhere */
export function describeAdminKey(
  key: string,
  { file, isWatched }: { file: string | null; isWatched: boolean },
): string[] {
  const kept = file && resolve(`${file}.admin-key`);
  if (isWatched) {
    return [`  Admin key    ${key}`, `               shown this once${kept ? `; kept in ${kept}` : ""}`];
  }
  return [
    kept
      ? `  Admin key    in ${kept}`
      : "  Admin key    of this run only, and shown in a terminal only: set ADMIN_KEY",
  ];
}

/** An address that a browser here can open: one that stands for every address is none. */
export function baseUrl(
  { host, port: asked, publicUrl }: Pick<Settings, "host" | "port" | "publicUrl">,
  port: number,
): string {
  if (/^(0\.0\.0\.0|::)$/.test(host)) {
    return publicUrl === `http://localhost:${asked}` ? `http://127.0.0.1:${port}` : publicUrl;
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Without its password, which may be in the query too. */
export function describeDatabase(databaseUrl: string): string {
  if (databaseUrl.startsWith("sqlite:")) return "a throw-away one, gone at exit";
  const url = new URL(databaseUrl);
  url.password = "";
  url.search = "";
  return url.href;
}
