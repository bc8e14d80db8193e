/** The command line, as the real program beside a running gateway: what an operator without a browser does. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Finished, runCommand } from "./support/command-line.ts";
import {
  ADMIN_KEY,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  MASTER_KEY,
  me,
  refresh,
  startGateway,
} from "./support/gateway.ts";
import { RealClock } from "./support/test-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "passerby-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runPasserby = (databaseUrl: string | undefined, words: string, cwd?: string): Promise<Finished> =>
  runCommand(words.split(" "), {
    env: { DATABASE_URL: databaseUrl, MASTER_KEY, ADMIN_KEY },
    ...(cwd !== undefined && { cwd }),
  });

describe.each(databases)("beside a gateway on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url, clock: new RealClock() });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const passerby = (words: string) => runPasserby(database.url, words);
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
  const json = async (words: string): Promise<any> => {
    const { status, stdout, stderr } = await passerby(`${words} --json`);
    expect([status, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  /** A deployment of another process is in force within a second. */
  const withinASecond = async (check: () => Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + 1_000;
    // The last check begins after the second, however late that is.
    for (let isLast = false; !(await check()); isLast = Date.now() > deadline) {
      if (isLast) throw new Error("not within a second");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const login = () => gateway.graph("mutation { loginAnonymous { user { id } } }");

  it("disables and enables anonymous login: logins are rejected in between, sessions continue", async () => {
    const guest = await loginAnonymously(gateway);
    expect((await passerby("config set anon-user off")).stdout).toContain("anon-user enabled: true → false");
    expect(codeOf(await login())).toBeUndefined();
    const review = await json("config review");
    expect(review.impact[0]).toMatchObject({ provider: "anon-user", usersLosingAccess: 0 });
    expect(review.impact[0].activeSessions).toBeGreaterThan(0);
    expect(await json("config deploy --note night")).toMatchObject({ version: review.baseVersion + 1 });
    await withinASecond(async () => codeOf(await login()) === "PROVIDER_DISABLED");
    expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    expect(codeOf(await refresh(gateway, guest.refreshToken))).toBeUndefined();
    await passerby("config set anon-user on");
    expect((await passerby("config deploy")).stdout).toContain("is live");
    await withinASecond(async () => codeOf(await login()) === undefined);
  });

  it("imports a file of App Services, says what became of each provider, and takes secrets from beside it", async () => {
    const [file, secrets] = [join(folder, "app-services.json"), join(folder, "app-secrets.json")];
    const entry = { name: "custom-token", type: "custom-token", disabled: false };
    writeFileSync(
      file,
      JSON.stringify({
        "custom-token": {
          ...entry,
          config: { audience: "", signingAlgorithm: "HS256" },
          secret_config: { signingKeys: ["jwtKey"] },
        },
        "custom-function": {
          type: "custom-function",
          disabled: false,
          config: { authFunctionName: "logIn\u001b[2J" },
        },
      }),
    );
    const without = await passerby(`config import ${file}`);
    expect(without.status).toBe(0);
    expect(without.stderr).toMatch(/^custom-token: disabled, although the file enables it\n {2}because /m);
    expect(without.stderr).toMatch(/only names "jwtKey".*--secrets/);
    expect(without.stderr).not.toContain("\u001b");

    writeFileSync(secrets, JSON.stringify({ jwtKey: "x".repeat(32) }));
    const { imported, changes } = await json(`config import ${file} --secrets ${secrets}`);
    expect(imported).toMatchObject([
      { provider: "custom-token", enabled: true, isOnInFile: true, reasons: [] },
      {
        provider: "custom-function",
        enabled: false,
        isOnInFile: true,
        reasons: [expect.any(String), expect.any(String)],
      },
    ]);
    expect(JSON.stringify([imported, changes])).not.toContain("x".repeat(32));
    writeFileSync(secrets, JSON.stringify({ jwtKey: 7 }));
    expect((await passerby(`config import ${file} --secrets ${secrets}`)).status).toBe(1);
    expect((await passerby("config discard")).stdout).toBe("The draft is discarded.\n");
  });

  it("exports what is live as providers.json, and imports it to a draft that changes nothing", async () => {
    const file = join(folder, "providers.json");
    expect((await passerby(`config export ${file}`)).status).toBe(0);
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toContain("local-userpass");
    expect((await json(`config import ${file}`)).changes).toEqual([]);
    expect((await passerby("config review")).stdout).toBe("There is nothing to deploy.\n");
    expect(await passerby("config deploy")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Start a draft with: passerby config set"),
    });
    expect((await passerby("config discard")).stdout).toBe("The draft is discarded.\n");
    expect((await passerby("config discard")).stdout).toBe("There is no draft.\n");
  });

  it("shows what was live, and makes an earlier version live again", async () => {
    expect((await passerby("config set anon-user off")).status).toBe(0);
    const { version } = await json("config deploy --note evening");
    const [newest, before] = await json("config history --limit 2");
    expect(newest).toMatchObject({ version, note: "evening", changes: [{ provider: "anon-user" }] });
    expect(newest).not.toHaveProperty("providers");
    expect((await passerby("config history")).stdout).toMatch(
      /^VERSION +WHEN +BY +CHANGES +NOTE\n\d+ +\d{4}-\d\d-\d\d \d\d:\d\d +\S+ \(command line\) +1 +evening\n/,
    );
    expect((await passerby(`config redeploy ${before.version}`)).stdout).toBe(
      `Version ${version + 1} is live, with the configuration of version ${before.version}.\n  anon-user enabled: false → true\n`,
    );
    const rejected = await passerby(`config redeploy ${before.version} --json`);
    expect([rejected.status, JSON.parse(rejected.stderr)]).toEqual([
      1,
      {
        code: "NOTHING_TO_DEPLOY",
        message: `Version ${before.version} is the same as the live version. Nothing was deployed.`,
      },
    ]);
    await withinASecond(async () => codeOf(await login()) === undefined);
  });

  it("makes, lists and revokes admin keys, which open the admin graph at once and no longer", async () => {
    const made = await json("admin-key create night-shift");
    const ask = () => gateway.admin("{ providers { name } }", { token: made.secret });
    expect((await ask()).data.providers.length).toBeGreaterThan(0);
    const [listed] = await json("admin-key list");
    expect(listed).toMatchObject({ id: made.id, name: "night-shift", revokedAt: null });
    expect(JSON.stringify(listed)).not.toContain(made.secret);
    expect((await passerby(`admin-key revoke ${made.id}`)).status).toBe(0);
    expect(codeOf(await ask())).toBe("UNAUTHENTICATED");
    expect(await passerby(`admin-key revoke ${made.id}`)).toMatchObject({ status: 1 });
  });

  it("finds, shows, disables, enables, exports and deletes users", async () => {
    const guest = await loginAnonymously(gateway);
    await linkEmail(gateway, guest.accessToken, "grace@example.com");
    const [found] = await json("users find --email GRACE");
    expect(found).toMatchObject({ id: guest.id, isAnonymous: false });
    expect((await passerby(`users show ${guest.id}`)).stdout).toMatch(
      /^Email +grace@example\.com[\s\S]*\nSESSION /,
    );
    expect((await passerby("users find --email grace")).stdout).toMatch(
      /^ID +KIND +EMAIL +CREATED +LAST LOGIN\n\S+ +permanent +grace@example\.com +\d{4}-\d\d-\d\d \d\d:\d\d/,
    );
    await loginAnonymously(gateway);
    expect((await passerby("users find --limit 1")).stdout).toMatch(
      /\nThere are more\. --limit 10 shows up to that many\.\n$/,
    );
    expect((await passerby("users find --provider nope")).stderr).toMatch(
      /no provider nope\. There are: anon-user, /,
    );
    expect((await passerby(`users disable ${guest.id}`)).status).toBe(0);
    expect(codeOf(await me(gateway, guest.accessToken))).toBe("USER_DISABLED");
    expect((await passerby(`users enable ${guest.id}`)).status).toBe(0);
    expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    const lines = (await passerby("users export")).stdout.trim().split("\n");
    expect(lines).toHaveLength(await countRows(gateway, "users"));
    const exported = lines.map((line) => JSON.parse(line)).find(({ id }) => id === guest.id);
    expect(JSON.stringify(exported)).not.toMatch(/argon2|password/i);
    expect((await passerby(`users delete ${guest.id} --yes`)).status).toBe(0);
    expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
    expect(await passerby(`users show ${guest.id}`)).toMatchObject({
      status: 1,
      stderr: `There is no user ${guest.id}. \`passerby users find\` lists users.\n`,
    });
  });

  it("counts who would expire, and deletes them", async () => {
    const guest = await loginAnonymously(gateway);
    await gateway.app.database.writes.transaction((manager) =>
      manager.query(`UPDATE users SET created_at = created_at - 7776000000 WHERE id = '${guest.id}'`),
    );
    expect(await json("expire --dry-run")).toMatchObject({ dryRun: true, users: 1 });
    expect(await countRows(gateway, "users", `id = '${guest.id}'`)).toBe(1);
    expect(await json("expire")).toMatchObject({ dryRun: false, users: 1 });
    expect(await countRows(gateway, "users", `id = '${guest.id}'`)).toBe(0);
  });

  it("rotates the signing key: the next one is published, and signs later", async () => {
    const before = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    const key = await json("rotate-key");
    expect(+new Date(key.signsFrom) - Date.now()).toBeGreaterThan(590_000);
    await gateway.app.services.signingKeys.reload();
    const after = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(after.keys).toHaveLength(before.keys.length + 1);
    expect((await json("rotate-key")).kid).toBe(key.kid);
  });

  it("migrates, prints both graphs and its help", async () => {
    expect((await passerby("migrate")).stdout).toBe("The database is up to date.\n");
    for (const graph of ["gateway", "admin"]) {
      expect((await passerby(`schema ${graph}`)).stdout).toBe(
        readFileSync(`schema/${graph}.graphql`, "utf8"),
      );
    }
    for (const words of ["--help", "config --help", "users --help", "admin-key --help"]) {
      expect(await passerby(words)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("Usage: passerby"),
      });
    }
  });
});

describe("rejects, with a sentence and an exit code that scripts can use:", () => {
  const url = `sqlite:${join(folder, "passerby.sqlite")}`;
  const broken = join(folder, "broken.json");
  writeFileSync(broken, "{ nonsense");
  beforeAll(async () => {
    expect((await runPasserby(url, "migrate")).status).toBe(0);
  });

  it.each([
    ["nonsense", 2, /^error: unknown command 'nonsense'\npasserby --help lists the commands\.\n$/],
    ["nonsense --help", 2, /unknown command/],
    ["config nonsense --help", 2, /unknown command[\s\S]*passerby config --help lists/],
    ["config redeploy 99", 1, /There is no version 99\. `passerby config history` lists them/],
    ["config rebase", 1, /^There is no draft to rebase\. Start a draft with: passerby config set/],
    ["config redeploy last", 2, /whole number/],
    [
      "config deploy",
      1,
      /^There is nothing to deploy\. Start a draft with: passerby config set <provider> <on\|off>$/m,
    ],
    [
      "api-key create billing",
      1,
      /^The provider api-key is disabled[^`]*config set api-key on && passerby config review && passerby config deploy$/m,
    ],
    [
      "api-key delete unknown",
      1,
      /^There is no server API key unknown\. `passerby api-key list` lists them\.$/m,
    ],
    ["config remove nope", 1, /^There is no provider nope\. `passerby config show` lists them\.$/m],
    ["config set", 2, /missing required argument/],
    ["config set anon-user perhaps", 2, /"perhaps" must be on or off/],
    [
      "config set no-such-provider on",
      1,
      /There is no provider no-such-provider\. `passerby config show` lists them; add a new one with --type, such as --type oidc\.$/m,
    ],
    [
      "config set custom-token on",
      1,
      /^The settings of custom-token are not valid:\n {2}- algorithms: Required\n$/,
    ],
    [`config set custom-token on --settings ${broken}`, 1, /must be a JSON object/],
    [`config import ${broken}`, 1, /^broken\.json is not valid JSON/m],
    ["config import /no/such/file.json", 1, /the file does not exist/],
    ["users show unknown", 1, /^There is no user unknown\. `passerby users find` lists users\.$/m],
    ["users find --limit many", 2, /whole number from 1 to 1000/],
    ["schema neither", 2, /gateway or admin/],
  ])("%s", async (words, status, sentence) => {
    const rejected = await runPasserby(url, words);
    expect(rejected).toMatchObject({ status, stdout: "" });
    expect(rejected.stderr).toMatch(sentence);
  });
});

describe("the database that it works on", () => {
  const newFolder = () => mkdtempSync(join(folder, "start-"));

  it("is made by migrate alone, which says where", async () => {
    const file = join(newFolder(), "data", "passerby.sqlite");
    const rejected = await runPasserby(`sqlite:${file}`, "users find");
    expect(rejected).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `There is no database at ${file}. Set DATABASE_URL to that of the gateway, or create the database with: passerby migrate\n`,
    });
    expect(existsSync(file)).toBe(false);
    expect((await runPasserby(`sqlite:${file}`, "migrate")).stderr).toBe(`Created the database ${file}\n`);
    expect(await runPasserby(`sqlite:${file}`, "users find")).toMatchObject({ status: 0, stderr: "" });
  });

  it("is the one of .env in the current folder, unless the environment names another", async () => {
    const here = newFolder();
    writeFileSync(join(here, ".env"), "DATABASE_URL=sqlite:kept/here.sqlite\nPORT=4321\n");
    expect((await runPasserby(undefined, "migrate", here)).stderr).toMatch(/kept\/here\.sqlite\n$/);
    expect((await runPasserby("sqlite:other.sqlite", "users find", here)).stderr).toContain(
      join(here, "other.sqlite"),
    );
    expect((await runPasserby(undefined, "users find", newFolder())).status).toBe(1);
  });
});
