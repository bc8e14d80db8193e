/** The real process: what it prints, what it rejects, and what survives its death. */

import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { VERSION } from "../src/version.ts";
import { ADMIN_KEY, createDatabase, databases, MASTER_KEY } from "./support/gateway.ts";
import { startMailServer } from "./support/mail-server.ts";
import {
  endProcesses,
  newFolder,
  rejectionOf as rejection,
  startProcess as start,
} from "./support/process.ts";

afterEach(endProcesses);

const query = async (url: string, text: string, token?: string, graph = "/graphql") => {
  const response = await fetch(`${url}${graph}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: text }),
  });
  return (await response.json()) as { data: Record<string, unknown> };
};

it("makes its keys beside a new SQLite file, says where the admin key is, and drains on SIGTERM", async () => {
  const file = join(newFolder(), "data", "passerby.sqlite");
  const settings = { DATABASE_URL: `sqlite:${file}`, LOG_LEVEL: "info" };
  const first = await start(settings);
  expect(first.banner).toContain(`Admin key    stored in ${file}.admin-key\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const key of ["master-key", "admin-key"]) expect(statSync(`${file}.${key}`).mode & 0o777).toBe(0o600);
  expect(await first.end("SIGTERM")).toBe(0);
  const second = await start(settings);
  expect(second.banner).not.toContain("Admin key");
  await second.end("SIGTERM");
  // Without a terminal what it prints is collected: no key is in it.
  for (const { banner, output } of [first, second]) expect(banner + output()).not.toContain("pba_");
});

it("says in one line of the log that it listens, where, and on what", async () => {
  const { url, output, end } = await start({ DATABASE_URL: "sqlite::memory:", LOG_LEVEL: "info" });
  await end("SIGTERM");
  const lines = output()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ msg }) => msg === "listening")).toEqual([
    expect.objectContaining({
      level: 30,
      address: "127.0.0.1",
      port: Number(new URL(url).port),
      database: "sqlite",
      version: VERSION,
    }),
  ]);
});

it("does not start with a sentence that names the fix", async () => {
  const folder = newFolder();
  expect(rejection({ PORT: "x", CORS_ORIGINS: "y" })).toMatch(/PORT must[\s\S]*CORS_ORIGINS must/);
  expect(rejection({ DATABASE_URL: "postgres://localhost/x" })).toMatch(
    /MASTER_KEY must be set[\s\S]*ADMIN_KEY must be set/,
  );
  expect(rejection({ DATABASE_URL: "postgres://u:p@127.0.0.1:9/x", MASTER_KEY, ADMIN_KEY })).toContain(
    "cannot be reached",
  );
  expect(rejection({ INITIAL_PROVIDERS: "anon", DATABASE_URL: `sqlite:${folder}/i.sqlite` })).toContain(
    'names "anon"',
  );
  expect(existsSync(`${folder}/i.sqlite`)).toBe(false);
  expect(
    rejection({ HOST: "192.0.2.1", PUBLIC_URL: "https://id.example.com", DATABASE_URL: "sqlite::memory:" }),
  ).toBe(
    "This machine does not have the address 192.0.2.1. Set HOST to 127.0.0.1, 0.0.0.0 or an address of this machine.\n",
  );
  const first = await start({ DATABASE_URL: "sqlite::memory:" });
  expect(first.banner).toMatch(/Database +temporary, deleted at exit[\s\S]*Stop with Ctrl\+C/);
  const { port } = new URL(first.url);
  expect(rejection({ PORT: port, DATABASE_URL: "sqlite::memory:" })).toMatch(
    `Port ${port} is in use by another program. Stop that`,
  );
  writeFileSync(
    `${folder}/text.sqlite`,
    "this is no database, only a text that is longer than a header".repeat(20),
  );
  expect(rejection({ DATABASE_URL: `sqlite:${folder}/text.sqlite` })).toContain("not a SQLite database");
  const made = await start({ DATABASE_URL: `sqlite:${folder}/a.sqlite` });
  made.child.kill("SIGKILL");
  expect(rejection({ DATABASE_URL: `sqlite:${folder}/a.sqlite`, MASTER_KEY })).toContain(
    "MASTER_KEY cannot decrypt",
  );
  if (process.getuid?.() !== 0) {
    chmodSync(`${folder}/a.sqlite`, 0o400);
    expect(rejection({ DATABASE_URL: `sqlite:${folder}/a.sqlite` })).toContain("read-only");
  }
});

it.each(databases)("loses no acknowledged user to kill -9 under 40 logins at once, on %s", async (name) => {
  const database = await createDatabase(name);
  const settings = {
    DATABASE_URL: database.url,
    MASTER_KEY,
    ADMIN_KEY,
    PUBLIC_URL: "http://localhost:4000",
  };
  const { child, url } = await start(settings);
  const acknowledged: string[] = [];
  const clients = Array.from({ length: 40 }, async () => {
    for (;;) {
      const answer = await query(url, "mutation { loginAnonymous { accessToken } }").catch(() => null);
      if (!answer) return;
      acknowledged.push((answer.data.loginAnonymous as { accessToken: string }).accessToken);
      if (acknowledged.length === 400) child.kill("SIGKILL");
    }
  });
  await Promise.all(clients);
  expect(acknowledged.length).toBeGreaterThanOrEqual(400);
  const again = await start(settings);
  for (const token of acknowledged) {
    const { data } = await query(again.url, "{ me { isAnonymous } }", token);
    expect(data).toEqual({ me: { isAnonymous: true } });
  }
  again.child.kill("SIGKILL");
  await database.drop();
});

it.each(databases)(
  "loses no email of an acknowledged registration to kill -9 while the mail server is down, on %s",
  async (name) => {
    const [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    const settings = { DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY, ...mailServer.settings };
    const { child, url } = await start({ ...settings, INITIAL_PROVIDERS: "local-userpass" });
    const admin = (text: string) => query(url, text, ADMIN_KEY, "/admin/graphql");
    await admin(
      'mutation { saveProvider(input: { name: "local-userpass", enabled: true, settings: { confirmation: "email", confirmUrl: "https://app.example.com" } }) { baseVersion } }',
    );
    expect((await admin("mutation { deploy { version } }")).data.deploy).toEqual({ version: 2 });
    await mailServer.down();
    const addresses = Array.from({ length: 5 }, (_, index) => `person${index}@example.com`);
    const registrations = addresses.map((email) =>
      query(
        url,
        `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
      ),
    );
    await Promise.race(registrations);
    child.kill("SIGKILL");
    const outcomes = await Promise.allSettled(registrations);
    const acknowledged = addresses.filter((_, index) => outcomes[index]?.status === "fulfilled");
    expect(acknowledged.length).toBeGreaterThan(0);
    await mailServer.up();
    const again = await start(settings);
    // Five seconds; a minute for one that was just being handed over.
    for (const email of acknowledged) await mailServer.wait(email, 1, 90_000);
    expect(new Set(mailServer.received.map(({ to }) => to)).size).toBe(mailServer.received.length);
    again.child.kill("SIGKILL");
    await mailServer.down();
    await database.drop();
  },
  240_000,
);
