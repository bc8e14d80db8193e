/** Bringing users of App Services here, with the real program, beside a running gateway. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { runCommand } from "../support/command-line.ts";
import { requestReset, resetPassword } from "../support/email-password.ts";
import {
  ADMIN_KEY,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  login,
  MASTER_KEY,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

/** The program has the real time, so the gateway beside it has it too. */
class RealClock extends TestClock {
  override now = (): Date => new Date();
}

const folder = mkdtempSync(join(tmpdir(), "passerby-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = resolve("dist/cli.js");
const yesterday = Math.floor(Date.now() / 1_000) - 86_400;

let files = 0;
function keep(text: string): string {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, text);
  return file;
}
const hex = (number: number, prefix: string): string =>
  prefix + number.toString(16).padStart(24 - prefix.length, "0");
const person = (number: number, email = `person${number}@example.com`) => ({
  _id: hex(number, "a"),
  type: "normal",
  identities: [
    { id: `${hex(number, "b")}-abcdefghijklmnopqrstuvwx`, provider_type: "anon-user" },
    { id: hex(number, "c"), provider_type: "local-userpass", provider_data: { email } },
  ],
  creation_date: yesterday,
  disabled: false,
  data: { email },
});
const guest = (number: number, creation_date = yesterday) => ({
  ...person(number),
  identities: [{ id: `${hex(number, "b")}-abcdefghijklmnopqrstuvwx`, provider_type: "anon-user" }],
  creation_date,
});

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({
      url: database.url,
      clock: new RealClock(),
      settings: mailServer.settings,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const env = () => ({ DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY, ...mailServer.settings });
  const runUsers = (...words: string[]) => runCommand(["users", ...words], { env: env() });
  const run = (...words: string[]) => runUsers("import", ...words);
  const counts = async (...words: string[]) => {
    const { stdout } = await run(...words, "--json");
    const { imported, present, leftOut, rejected } = JSON.parse(stdout);
    return [imported, present, leftOut, rejected];
  };

  it("imports an array, keeps ids and dates, and lets people in once they chose a password", async () => {
    const file = keep(JSON.stringify([person(1, "Ada@example.com"), guest(2)], null, 2));
    expect(await counts(file, "--dry-run")).toEqual([2, 0, 0, 0]);
    expect(await countRows(gateway, "users", `id = '${hex(1, "a")}'`)).toBe(0);
    const { status, stdout } = await run(file);
    expect(status).toBe(0);
    expect(stdout).toContain("Imported 2 users; 0 already present, 0 left out, 0 rejected.");
    expect(stdout).toContain("need a password reset before they can log in");
    const { data } = await gateway.admin(
      `{ user(id: "${hex(1, "a")}") { isAnonymous createdAt profile identities { provider subject email canSignIn } } }`,
    );
    expect(data.user).toEqual({
      isAnonymous: false,
      createdAt: new Date(yesterday * 1_000).toISOString(),
      profile: { email: "Ada@example.com" },
      identities: expect.arrayContaining([
        { provider: "anon-user", subject: expect.stringContaining("-"), email: null, canSignIn: false },
        { provider: "local-userpass", subject: hex(1, "c"), email: "ada@example.com", canSignIn: true },
      ]),
    });

    for (const guess of ["none", "", "not a password", "correct horse"]) {
      expect(codeOf(await login(gateway, "ada@example.com", guess))).toBe("INVALID_CREDENTIALS");
    }
    expect((await requestReset(gateway, "ada@example.com")).errors).toBeUndefined();
    const [token] = /pbl_[\w-]+/.exec(String((await mailServer.wait("ada@example.com")).text)) ?? [];
    expect((await resetPassword(gateway, String(token), "a new password")).errors).toBeUndefined();
    const answer = await login(gateway, "ada@example.com", "a new password");
    expect(answer.data.login.user.id).toBe(hex(1, "a"));
  });

  it("emails users without a password once, and no other users", async () => {
    await runUsers("send-resets", "--per-minute", "100000");
    await run(keep(JSON.stringify([person(40), person(41), { ...person(42), disabled: true }])));
    const [forty, fortyOne] = ["person40@example.com", "person41@example.com"];
    expect((await requestReset(gateway, fortyOne)).errors).toBeUndefined();
    const [asked] = /pbl_[\w-]+/.exec(String((await mailServer.wait(fortyOne)).text)) ?? [];
    expect((await resetPassword(gateway, String(asked), "a new password")).errors).toBeUndefined();

    expect((await runUsers("send-resets", "--dry-run")).stdout).toBe("1 email would be queued.\n");
    expect((await runUsers("send-resets", "--per-minute", "6000")).stdout).toContain("1 email queued.");
    const { subject, text } = await mailServer.wait(forty);
    expect(subject).toBe("Choose a new password");
    expect((await runUsers("send-resets")).stdout).toContain("0 emails queued.");
    expect(mailServer.to("person42@example.com")).toEqual([]);
    expect(mailServer.to(fortyOne).map((mail) => mail.subject)).not.toContain("Choose a new password");

    const [token] = /pbl_[\w-]+/.exec(String(text)) ?? [];
    expect((await resetPassword(gateway, String(token), "a new password")).errors).toBeUndefined();
    expect((await login(gateway, forty, "a new password")).data.login.user.id).toBe(hex(40, "a"));
  });

  it("emails no user twice when two runs overlap", async () => {
    await run(keep(JSON.stringify(Array.from({ length: 100 }, (_, i) => person(400 + i)))));
    const runs = await Promise.all([1, 2].map(() => runUsers("send-resets", "--per-minute", "3000")));
    const written = runs.map(({ stdout }) => Number.parseInt(stdout, 10));
    expect((written[0] ?? 0) + (written[1] ?? 0)).toBe(100);
  });

  it("reads one object a line, and says of each line that it did not take why", async () => {
    const lines = [
      JSON.stringify(person(10)),
      "",
      "{ broken",
      JSON.stringify({ ...person(11), identities: [] }),
      JSON.stringify(person(12, "person10@example.com")),
      JSON.stringify(person(10)),
      JSON.stringify(guest(13, yesterday - 90 * 86_400)),
      JSON.stringify({ ...person(14), type: "server" }),
      JSON.stringify({
        ...person(15),
        _id: { $oid: hex(15, "a") },
        creation_date: { $numberLong: String(yesterday) },
      }),
      `${JSON.stringify(person(16)).slice(0, -10)}`,
    ];
    const report = join(folder, `report-${name}.ndjson`);
    const file = keep(lines.join("\n"));
    expect(await counts(file, "--dry-run")).toEqual([2, 1, 2, 4]);
    const { status, stdout } = await run(file, "--report", report);
    expect(status).toBe(1);
    expect(stdout).toContain("Imported 2 users; 1 already present, 2 left out, 4 rejected.");
    expect(stdout).toContain(
      `line 5, ${hex(12, "a")}: rejected, its email person10@example.com is already registered`,
    );
    const rejected = readFileSync(report, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rejected.map(({ line, outcome }) => `${line} ${outcome}`).sort()).toEqual([
      "10 rejected",
      "3 rejected",
      "4 rejected",
      "5 rejected",
      "7 left out",
      "8 left out",
    ]);
    expect(await countRows(gateway, "users", `id = '${hex(12, "a")}'`)).toBe(0);
    // The ones that were left out for their age come with another rule; the others are there.
    expect(await counts(file, "--anonymous-from", "now")).toEqual([1, 3, 1, 4]);
  });

  it("takes an identity that is there twice for one, and rejects what no database could hold", async () => {
    const [anonymous, password] = person(50).identities;
    const twice = { ...person(50), identities: [anonymous, password, anonymous, password] };
    const noise = (length: number) =>
      Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7_919) % 20_000))).join("");
    const google = (id: string, email: string) => ({
      ...guest(51),
      identities: [{ id, provider_type: "oauth2-google", provider_data: { email } }],
    });
    const users = [
      twice,
      google("a subject", `${noise(10_000)}@example.com`),
      { ...google(noise(1_000), "a@example.com"), _id: hex(52, "a") },
      {
        ...guest(53),
        identities: Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, provider_type: "custom-token" })),
      },
    ];
    expect(await counts(keep(JSON.stringify(users)))).toEqual([2, 0, 0, 2]);
    expect(await countRows(gateway, "identities", `user_id = '${hex(50, "a")}'`)).toBe(2);
    expect(await countRows(gateway, "identities", `user_id = '${hex(51, "a")}' AND email IS NULL`)).toBe(1);

    const { data } = await gateway.admin(`{ user(id: "${hex(50, "a")}") { identities { id provider } } }`);
    const { id } = data.user.identities.find((each: { provider: string }) => each.provider !== "anon-user");
    const thief = { ...guest(54), identities: [{ id, provider_type: "anon-user" }] };
    expect(await counts(keep(JSON.stringify([thief, guest(55)])))).toEqual([1, 0, 0, 1]);
  });

  it("does not write its report over the export, nor what a file says to a terminal", async () => {
    const file = keep(JSON.stringify([{ ...guest(56), _id: "\u001b[2J\u009b2J" }]));
    const link = `${file}.link`;
    symlinkSync(file, link);
    const before = readFileSync(file, "utf8");
    for (const report of [file, link]) {
      const { status, stderr } = await run(file, "--report", report);
      expect([status, stderr]).toEqual([1, expect.stringContaining("is the export itself")]);
    }
    expect(readFileSync(file, "utf8")).toBe(before);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect((await run(file)).stdout).not.toMatch(/[\u001b\u009b]/);
  });

  it("changes no existing user", async () => {
    await gateway.graph(
      'mutation { registerEmailPassword(email: "early@example.com", password: "correct horse") { email } }',
    );
    const before = await countRows(gateway, "users");
    expect(await counts(keep(JSON.stringify([person(20, "early@example.com")])))).toEqual([0, 0, 0, 1]);
    expect(await countRows(gateway, "users")).toBe(before);
    expect((await login(gateway, "early@example.com", "correct horse")).data.login.user.id).not.toBe(
      hex(20, "a"),
    );
  });

  it("continues after a kill -9 where it was, without a duplicate", async () => {
    const total = 20_000;
    const file = keep(
      Array.from({ length: total }, (_, index) => JSON.stringify(person(1_000_000 + index))).join("\n"),
    );
    const mine = "id >= 'a000000000000000000f0000' AND id < 'a0000000000000000020000'";
    const before = await countRows(gateway, "users", mine);
    const child = spawn("node", [program, "users", "import", file], {
      env: { PATH: process.env.PATH, ...env() },
    });
    const exited = once(child, "close");
    const deadline = Date.now() + 30_000;
    while ((await countRows(gateway, "users", mine)) === before && Date.now() < deadline) await pause(5);
    child.kill("SIGKILL");
    await exited;
    const half = (await countRows(gateway, "users", mine)) - before;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(total);
    // Users are stored with all that belongs to them, or not at all.
    expect(await countRows(gateway, "identities", `user_${mine.replaceAll(" id", " user_id")}`)).toBe(
      2 * (before + half),
    );
    expect(await counts(file)).toEqual([total - half, half, 0, 0]);
    expect(await countRows(gateway, "users", mine)).toBe(before + total);
    expect(await counts(file)).toEqual([0, total, 0, 0]);
    expect(
      await countRows(gateway, "password_credentials", "email LIKE 'person10%@example.com'"),
    ).toBeGreaterThan(0);
  });

  it("says what is wrong with a file that is no export", async () => {
    for (const [text, message] of [
      ["hello", "is neither a JSON array nor one JSON object per line"],
      ["", "Imported 0 users"],
      ["[]", "Imported 0 users"],
      ["[null]", 'Line 1 has "n" where a record or the end of the array is expected'],
      ["[]\n} [", 'Line 2 has "}" where a record or the end of the array is expected'],
      [
        `[]\n${JSON.stringify(person(31))}`,
        'Line 2 has "{" where a record or the end of the array is expected',
      ],
      [
        `[${JSON.stringify(person(30))}, {"_id"`,
        "Imported 1 user; 0 already present, 0 left out, 1 rejected.",
      ],
    ] as const) {
      const { stdout, stderr } = await run(keep(text));
      expect(stdout + stderr).toContain(message);
    }
    const unwritable = await run(keep("[]"), "--report", join(folder, "no-folder", "report"));
    expect([unwritable.status, unwritable.stderr]).toEqual([1, expect.stringContaining("cannot be written")]);
    const { status, stderr } = await run(join(folder, "nowhere.json"));
    expect([status, stderr]).toEqual([1, expect.stringContaining("the file does not exist")]);
  });
});
