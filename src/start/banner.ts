/** The startup banner: URLs, database, and where a new admin key is. */
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import type { Logger } from "pino";
import type { App } from "../app.ts";
import type { Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";

/**
 * Prints the banner to standard error. If that is not a terminal, the log gets a line too, and the admin key is not printed,
 * because the output may be stored with logs.
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
  /** null when metrics are not served. */
  metricsUrl: string | null;
}): void {
  const { address, port } = http.fastify.server.address() as AddressInfo;
  const isTerminal = process.stderr.isTTY === true;
  if (!isTerminal) {
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
  if (newAdminKey) lines.push("", ...describeAdminKey(newAdminKey, { file: database.file, isTerminal }));
  lines.push("", "  Stop with Ctrl+C");
  process.stderr.write(`${lines.join("\n")}\n\n`);
}

const describeMissing = ({ metricsAt }: Settings): string =>
  metricsAt ? `off: port ${metricsAt.port} is in use; set METRICS_PORT to another port` : "off";

/** @param about.file null for a temporary database, whose keys are not stored */
export function describeAdminKey(
  key: string,
  { file, isTerminal }: { file: string | null; isTerminal: boolean },
): string[] {
  const storedIn = file && resolve(`${file}.admin-key`);
  if (isTerminal) {
    return [
      `  Admin key    ${key}`,
      `               not shown again${storedIn ? `; stored in ${storedIn}` : ""}`,
    ];
  }
  return [
    storedIn
      ? `  Admin key    stored in ${storedIn}`
      : "  Admin key    not shown outside of a terminal, and not stored: set ADMIN_KEY",
  ];
}

/** A URL that a browser on this machine can open, also when HOST is 0.0.0.0 or ::. */
export function baseUrl(
  { host, port: asked, publicUrl }: Pick<Settings, "host" | "port" | "publicUrl">,
  port: number,
): string {
  if (/^(0\.0\.0\.0|::)$/.test(host)) {
    return publicUrl === `http://localhost:${asked}` ? `http://127.0.0.1:${port}` : publicUrl;
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Without the password, which may also be in the query. */
export function describeDatabase(databaseUrl: string): string {
  if (databaseUrl.startsWith("sqlite:")) return "temporary, deleted at exit";
  const url = new URL(databaseUrl);
  url.password = "";
  url.search = "";
  return url.href;
}
