/** Deploying from a command line: what takes access from users is never done unasked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { runCommand } from "../support/command-line.ts";
import {
  ADMIN_KEY,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";

const program = resolve("dist/cli.js");
const OWN = { issuer: "https://id.example.com", clientIds: ["web"] };

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    for (const email of ["one@example.com", "two@example.com", "three@example.com"]) {
      const { accessToken } = await loginAnonymously(gateway);
      expect((await linkEmail(gateway, accessToken, email)).errors).toBeUndefined();
    }
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  beforeEach(() => gateway.admin("mutation { discardDraft }"));

  const env = () => ({ PATH: process.env.PATH, DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY });
  const passerby = (words: string) => runCommand(words.split(" "), { env: env() });
  /** In a real terminal, where the answer is typed once the question is there. */
  const inTerminal = async (words: string, typed: string) => {
    const command = `node ${program} ${words}`;
    const terminal = spawn("script", ["-qec", command, "/dev/null"], { env: env() });
    let shown = "";
    let isTyped = false;
    terminal.stdout.on("data", (chunk) => {
      shown += chunk;
      if (isTyped || !shown.includes("[y/N]")) return;
      isTyped = true;
      terminal.stdin.write(typed);
    });
    const [status] = await once(terminal, "close");
    return { status, shown };
  };
  const save = async (input: object): Promise<string> => {
    const { data, errors } = await gateway.admin(
      "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { revision } }",
      { variables: { i: input } },
    );
    expect(errors).toBeUndefined();
    return data.saveProvider.revision;
  };
  const lockOut = () => save({ name: "local-userpass", enabled: false });
  const live = async (): Promise<number> =>
    (await gateway.admin("{ deployments(first: 1) { edges { node { version } } } }")).data.deployments
      .edges[0].node.version;
  const bringBack = async (version: number) => {
    const { errors } = await gateway.admin(`mutation { redeploy(version: ${version}) { version } }`);
    expect(errors).toBeUndefined();
  };

  it("fails without a terminal when users lose access, says how many, and deploys nothing", async () => {
    const before = await live();
    const revision = await lockOut();
    const { status, stdout, stderr } = await passerby("config deploy");
    expect(status).toBe(1);
    expect(stderr).toBe(
      `3 users would lose access without local-userpass. Nothing was deployed. To deploy anyway: passerby config deploy --revision ${revision} --yes\n`,
    );
    expect(stdout).toMatch(/USERS LOSING ACCESS/);
    expect(stdout).toMatch(/local-userpass enabled: true → false/);
    const forPrograms = await passerby("config deploy --json");
    expect([forPrograms.status, forPrograms.stdout]).toEqual([1, ""]);
    expect(JSON.parse(forPrograms.stderr)).toMatchObject({
      code: "NOT_CONFIRMED",
      problems: [{ provider: "local-userpass", reason: "USERS_LOSING_ACCESS", users: 3 }],
    });
    expect(await live()).toBe(before);
    expect((await gateway.admin("{ draft { revision } }")).data.draft.revision).toBe(revision);
  });

  it("deploys it with --yes, and tells programs the impact", async () => {
    const before = await live();
    await lockOut();
    const { status, stdout, stderr } = await passerby("config deploy --yes --json");
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      version: before + 1,
      impact: [{ provider: "local-userpass", usersLosingAccess: 3 }],
    });
    await bringBack(before);
  });

  it("asks in a terminal, and takes only a clear yes for one", async () => {
    const before = await live();
    await lockOut();
    for (const typed of ["\n", "n\n", "yess\n", "\u0004", "\u0003"]) {
      const { status, shown } = await inTerminal("config deploy", typed);
      expect([typed, status]).toEqual([typed, 1]);
      expect(shown).toMatch(/3 users would lose access[\s\S]*Deploy\? \[y\/N\]/);
      expect(shown).toMatch(/Nothing was deployed\./);
    }
    expect(await live()).toBe(before);
    const { status, shown } = await inTerminal("config deploy", "y\n");
    expect([status, shown]).toEqual([0, expect.stringContaining(`Version ${before + 1} is live.`)]);
    await bringBack(before);
  });

  it("asks nothing when no user loses anything", async () => {
    const before = await live();
    await save({ name: "company-sso", type: "oidc", enabled: true, settings: OWN });
    const { status, stdout, stderr } = await passerby("config deploy");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Version ${before + 1} is live\\.\n`));
    expect(stdout).toMatch(/No user loses access\.\n$/);
  });

  it("also asks before a provider without users is removed, and before a redeployment removes it", async () => {
    const before = await live();
    expect((await passerby("config remove company-sso")).status).toBe(0);
    expect(await passerby("config deploy")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^company-sso would be removed\. Nothing was deployed/),
    });
    expect((await passerby("config discard")).status).toBe(0);
    expect(await passerby("config redeploy 1")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /removed\. Nothing was deployed\. .*: passerby config redeploy 1 --yes\n$/,
      ),
    });
    expect(await live()).toBe(before);
    expect((await passerby("config redeploy 1 --yes")).status).toBe(0);
    expect(await live()).toBe(before + 1);
  });

  it("deploys only the draft that was reviewed, also when it was deployed or discarded meanwhile", async () => {
    const before = await live();
    await save({ name: "anon-user", enabled: false });
    const revision = /--revision (\S+),/.exec((await passerby("config review")).stdout)?.[1];
    expect(revision).toMatch(/^[\w-]{22}$/);
    await lockOut();
    for (const words of ["config deploy --yes", "config deploy", "config discard", "config rebase"]) {
      expect(await passerby(`${words} --revision ${revision}`)).toMatchObject({
        status: 1,
        stdout: "",
        stderr: "ADMIN_KEY changed the draft after it was read. Review it again: passerby config review\n",
      });
    }
    expect(await live()).toBe(before);
    await save({ name: "local-userpass", enabled: true });
    expect((await passerby(`config deploy --revision ${revision}`)).status).toBe(0);
    expect(await live()).toBe(before + 1);
    expect((await passerby(`config deploy --revision ${revision}`)).status).toBe(1);
    await bringBack(before);
  });

  it("saves a provider only as it was read: by its own revision or the draft's", async () => {
    const show = async () =>
      JSON.parse((await passerby("config show --json")).stdout).find(
        (each: { name: string }) => each.name === "anon-user",
      );
    const { revision } = await show();
    expect((await passerby(`config set anon-user off --revision ${revision}`)).status).toBe(0);
    expect(await show()).toMatchObject({
      draftEnabled: false,
      changedBy: expect.stringContaining("command line"),
    });
    const rejected = await passerby(`config set anon-user on --revision ${revision}`);
    expect(rejected).toMatchObject({ status: 1, stdout: "" });
    expect(rejected.stderr).toMatch(
      /^The configuration of anon-user was changed after you read it, by .+ \(command line\)\./,
    );
    expect((await show()).draftEnabled).toBe(false);
    const drafted = JSON.parse((await passerby("config review --json")).stdout).draftRevision;
    expect((await passerby(`config set anon-user on --revision ${drafted}`)).status).toBe(0);
    expect((await passerby(`config set anon-user on --revision ${drafted}`)).status).toBe(1);
  });
});
