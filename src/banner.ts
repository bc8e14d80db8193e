/** What a started gateway tells whoever started it: where it is, what it works on, and its new admin key. */
import { resolve } from "node:path";
import type { Settings } from "./settings.ts";

/** For people, so on standard error: standard output has the log. */
export function announce({
  settings,
  port,
  adminKey,
  file,
}: {
  settings: Pick<Settings, "host" | "port" | "publicUrl" | "databaseUrl" | "graphiql" | "console">;
  /** The one that it listens on, which PORT=0 leaves to the system. */
  port: number;
  /** null unless it was made just now. */
  adminKey: string | null;
  /** null when the database is kept in none. */
  file: string | null;
}): void {
  const base = baseUrl(settings, port);
  const lines = [
    "",
    "  Passerby is ready",
    "",
    `  Graph        ${base}/graphql`,
    ...(settings.graphiql ? [`  GraphiQL     ${base}/graphiql`] : []),
    ...(settings.console ? [`  Console      ${base}/console`] : []),
    `  Admin graph  ${base}/admin/graphql`,
    `  Database     ${file ? resolve(file) : describeDatabase(settings.databaseUrl)}`,
  ];
  if (adminKey) {
    lines.push("", `  Admin key    ${adminKey}`);
    lines.push(`               shown this once${file ? `; kept in ${file}.admin-key` : ""}`);
  }
  lines.push("", "  Stop with Ctrl+C");
  process.stderr.write(`${lines.join("\n")}\n\n`);
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
