/** A real PgBouncer in front of the tests' PostgreSQL, configured as its package is but for addresses and users. */

import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** PgBouncer does not run as root. */
const UNPRIVILEGED = 65_534;

export interface Bouncer {
  /** The same database, through it. */
  url(databaseUrl: string): string;
  stop(): Promise<void>;
}

export async function startBouncer(
  mode: "session" | "transaction",
  settings: readonly string[] = [],
): Promise<Bouncer> {
  const server = new URL(String(process.env.TEST_POSTGRES_URL));
  const folder = mkdtempSync(join(tmpdir(), "passerby-bouncer-"));
  const port = await freePort();
  const users = join(folder, "userlist.txt");
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(users, `"${server.username}" "${server.password}"\n`);
  writeFileSync(
    config,
    [
      "[databases]",
      `* = host=${server.hostname} port=${server.port}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = md5",
      `auth_file = ${users}`,
      `logfile = ${join(folder, "log")}`,
      `pool_mode = ${mode}`,
      ...settings,
      "",
    ].join("\n"),
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const name of [folder, users, config]) chownSync(name, UNPRIVILEGED, UNPRIVILEGED);
  chmodSync(folder, 0o755);
  const bouncer = spawn("pgbouncer", ["-q", config], {
    stdio: "ignore",
    ...(isRoot && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
  });
  const ended = new Promise<void>((resolve) => bouncer.once("exit", () => resolve()));
  const failed = new Promise<never>((_resolve, reject) => {
    bouncer.once("error", () => reject(new Error("pgbouncer is not installed: apt-get install pgbouncer")));
    bouncer.once("exit", (code) => reject(new Error(`pgbouncer ended with ${code}`)));
  });
  const waiting = new AbortController();
  failed.catch(() => waiting.abort());
  await Promise.race([listening(port, waiting.signal), failed]);
  return {
    url(databaseUrl) {
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${port}`;
      return url.href;
    },
    async stop() {
      bouncer.kill("SIGINT");
      setTimeout(() => bouncer.kill("SIGKILL"), 2_000).unref();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Without the signal it would ask on, and keep the test process alive, when PgBouncer never starts. */
async function listening(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
