/** `passerby webhooks` and `passerby events`, beside a running gateway that delivers. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { runCommand } from "../support/command-line.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  ADMIN_KEY,
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";
import { RealClock } from "../support/test-clock.ts";
import { eventually, idsOf } from "../support/webhooks.ts";

const ID = "[0-9a-f-]{36}";

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  const endpoints: Endpoint[] = [];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      clock: new RealClock(),
      settings: { WEBHOOK_PRIVATE_ADDRESSES: "loopback" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const { id } of await json("webhooks list")) await json(`webhooks delete ${id} --yes`);
    for (const endpoint of endpoints.splice(0)) await endpoint.stop();
  });

  const environment = () => ({
    DATABASE_URL: database.url,
    MASTER_KEY,
    ADMIN_KEY,
    WEBHOOK_PRIVATE_ADDRESSES: "loopback",
  });
  const run = (...words: string[]) => runCommand(words, { env: environment() });
  const passerby = (words: string) => run(...words.split(" "));
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
  const json = async (words: string): Promise<any> => {
    const { status, stdout, stderr } = await passerby(`${words} --json`);
    expect([status, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  const receive = async (reply = answerJson({})) => {
    const endpoint = await startEndpoint(reply);
    endpoints.push(endpoint);
    return { ...endpoint, url: `http://127.0.0.1:${endpoint.port}/events` };
  };
  /** A user that is deleted: the event is always stored. */
  const deleteUser = async (): Promise<string> => {
    const { id, accessToken } = await loginAnonymously(gateway);
    await gateway.graph("mutation { deleteMe { erasureId } }", { token: accessToken });
    return id;
  };
  const deleted = async (): Promise<{ cursor: string; data: { user: { id: string } } }[]> =>
    json("events list --type user.deleted");
  const park = (endpointId: string) =>
    gateway.app.database.writes.transaction((manager) =>
      manager.query(
        `UPDATE webhook_deliveries SET state = 'PARKED', last_error = 'The endpoint answered 500.' WHERE endpoint_id = '${endpointId}'`,
      ),
    );

  it("creates an endpoint that the running gateway delivers to, and shows its secret once", async () => {
    expect((await passerby("webhooks list")).stdout).toBe(
      "There are no webhook endpoints. Create one with: passerby webhooks create <url>\n",
    );
    const receiver = await receive();
    const made = await passerby(`webhooks create ${receiver.url} --types user.created --requires-receipt`);
    expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^whsec_[\w+/]{43}=\n$/) });
    expect(made.stderr).toMatch(
      new RegExp(`^The secret is not shown again\\..*\nTo try it: passerby webhooks test ${ID}\n$`),
    );
    await eventually(async () => {
      await loginAnonymously(gateway);
      return receiver.asked.length > 0;
    });
    const [first] = receiver.asked;
    const headers = first?.headers as Record<string, string>;
    expect(new Webhook(made.stdout.trim()).verify(String(first?.body), headers)).toMatchObject({
      type: "user.created",
    });

    const [listed] = await json("webhooks list");
    expect(listed).toMatchObject({
      url: receiver.url,
      types: ["user.created"],
      requiresReceipt: true,
      failingSince: null,
    });
    expect(listed).not.toHaveProperty("secret");
    expect(listed).not.toHaveProperty("secretEncrypted");
    expect((await passerby("webhooks list")).stdout).toMatch(
      new RegExp(
        `^${receiver.url}\n {2}ID {11}${ID}\n {2}Types {8}user\\.created\n {2}Receipts {5}required\n {2}State {8}ok\n {2}Deliveries {3}\\d+ pending, 0 parked\n$`,
      ),
    );
  });

  it("tests an endpoint by itself: exit code 0 for 2xx, 1 with the reason otherwise", async () => {
    const receiver = await receive();
    const { id, secret } = await json(`webhooks create ${receiver.url}`);
    expect(await passerby(`webhooks test ${id}`)).toMatchObject({
      status: 0,
      stdout: `${receiver.url} answered 200.\n`,
    });
    const [asked] = receiver.asked;
    const headers = asked?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(String(asked?.body), headers)).toMatchObject({ type: "webhook.test" });

    receiver.reply((_asked, response) => void response.writeHead(503).end("not\n\u001b[31mnow"));
    expect(await passerby(`webhooks test ${id}`)).toEqual({
      status: 1,
      stdout: "",
      stderr: `The test of ${receiver.url} failed. The endpoint answered 503. Expected 2xx.\nIts answer: not \ufffd[31mnow\n`,
    });
    const failed = await passerby(`webhooks test ${id} --json`);
    expect([failed.status, JSON.parse(failed.stdout)]).toMatchObject([
      1,
      { state: "PARKED", lastStatus: 503, event: { type: "webhook.test" }, endpoint: { id }, userId: null },
    ]);
    expect((await passerby("webhooks list")).stdout).toMatch(
      /State +failing since \d{4}-\d\d-\d\d \d\d:\d\d/,
    );
    expect((await passerby(`webhooks deliveries --endpoint ${id} --state parked`)).stdout).toMatch(
      new RegExp(
        `^ID +STATE +TYPE +CREATED\n${ID} {2}parked {2}webhook\\.test {2}[-\\d]+ [:\\d]+\n {2}The endpoint answered 503\\. Expected 2xx\\.\n {2}Given up after 1 attempt\\.\n`,
      ),
    );
    // Tests are no deliveries that are to be repeated.
    expect(await json(`events redeliver --parked --endpoint ${id}`)).toMatchObject({ deliveries: 0 });
  });

  it("changes, disables and enables an endpoint, and rotates its secret", async () => {
    const receiver = await receive();
    const { id, secret } = await json(`webhooks create ${receiver.url} --types user.merged`);
    expect(await passerby(`webhooks update ${id}`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^There is nothing to change\. Give --url, --types/),
    });
    await run("webhooks", "update", id, "--description", "Notes", "--requires-receipt");
    const changed = await json(`webhooks update ${id} --types user.deleted,session.ended`);
    expect(changed).toMatchObject({
      url: receiver.url,
      types: ["user.deleted", "session.ended"],
      description: "Notes",
      requiresReceipt: true,
    });
    await run("webhooks", "update", id, "--description", "", "--no-requires-receipt", "--types", "all");
    expect((await json("webhooks list"))[0]).toMatchObject({
      types: null,
      description: null,
      requiresReceipt: false,
    });

    expect((await passerby(`webhooks disable ${id}`)).stdout).toContain(`${receiver.url} is disabled. `);
    const userId = await deleteUser();
    await eventually(async () => (await json(`webhooks deliveries --user ${userId}`)).length > 0);
    const { stdout } = await passerby(`webhooks deliveries --user ${userId} --state pending`);
    expect(stdout).toContain("\n  Waits until the endpoint is enabled.\n");
    expect(receiver.asked).toEqual([]);
    const rotated = await passerby(`webhooks rotate-secret ${id}`);
    expect(rotated.stderr).toContain("for 24 hours, deliveries are signed with both");
    expect((await passerby(`webhooks enable ${id}`)).status).toBe(0);
    await eventually(() => receiver.asked.length > 0);
    const [asked] = receiver.asked;
    const headers = asked?.headers as Record<string, string>;
    for (const each of [secret, rotated.stdout.trim()]) {
      expect(() => new Webhook(each).verify(String(asked?.body), headers)).not.toThrow();
    }
  });

  it("deletes an endpoint only with --yes without a terminal", async () => {
    const receiver = await receive();
    const { id } = await json(`webhooks create ${receiver.url}`);
    expect(await passerby(`webhooks delete ${id}`)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `This would delete ${receiver.url} with 0 pending and 0 parked deliveries. Nothing was deleted. To delete it: passerby webhooks delete ${id} --yes\n`,
    });
    const rejected = await passerby(`webhooks delete ${id} --json`);
    expect(JSON.parse(rejected.stderr)).toEqual({ code: "NOT_CONFIRMED", message: expect.any(String) });
    expect(await json("webhooks list")).toHaveLength(1);
    expect((await passerby(`webhooks delete ${id} --yes`)).stdout).toBe(`${receiver.url} is deleted.\n`);
    expect(await json("webhooks list")).toEqual([]);
  });

  it("delivers again: one delivery, and all parked ones of an endpoint", async () => {
    const receiver = await receive();
    const { id } = await json(`webhooks create ${receiver.url} --types user.deleted`);
    const other = await json(`webhooks create ${receiver.url} --types user.linked`);
    for (const _ of [1, 2]) await deleteUser();
    await eventually(() => receiver.asked.length === 2);
    const sent = idsOf(receiver.asked);
    const [newest, oldest] = await json(`webhooks deliveries --endpoint ${id}`);
    expect([oldest.event.id, newest.event.id]).toEqual(sent);
    expect((await passerby("webhooks deliveries --limit 1")).stdout).toMatch(
      /\nThere are more\. --limit 10 shows up to that many\.\n$/,
    );

    expect((await passerby(`events redeliver ${oldest.id}`)).stdout).toMatch(
      new RegExp(`^user\\.deleted of \\S+ is queued for ${receiver.url}\\.\n$`),
    );
    await eventually(() => receiver.asked.length === 3);
    expect(idsOf(receiver.asked).at(-1)).toBe(sent[0]);

    await eventually(async () => (await json("webhooks deliveries --state delivered")).length === 2);
    await park(id);
    expect(await json(`events redeliver --parked --endpoint ${other.id}`)).toMatchObject({ deliveries: 0 });
    expect((await passerby(`events redeliver --parked --endpoint ${id}`)).stdout).toBe(
      "2 deliveries are queued.\n",
    );
    await eventually(() => receiver.asked.length === 5);
    expect(idsOf(receiver.asked).slice(3).toSorted()).toEqual(sent.toSorted());
    expect((await passerby(`events redeliver --parked --endpoint ${other.id}`)).stdout).toBe(
      "No delivery is parked.\n",
    );
  });

  it("lists the latest events, and continues after a cursor, which is that of the admin graph too", async () => {
    const users = [await deleteUser(), await deleteUser(), await deleteUser()];
    const latest = (await deleted()).slice(-3);
    expect(latest.map(({ data }) => data.user.id)).toEqual(users);
    const [first, , last] = latest;
    expect(await json(`events list --type user.deleted --after ${first?.cursor} --limit 1`)).toEqual([
      latest[1],
    ]);
    expect((await json("events list --after start --limit 1000 --type user.deleted")).slice(-3)).toEqual(
      latest,
    );
    expect(await passerby(`events list --type user.deleted --after ${first?.cursor}`)).toMatchObject({
      stdout: expect.stringMatching(
        new RegExp(`^WHEN +TYPE +USER\n([-\\d]+ [:\\d]{8} {2}user\\.deleted {2}${ID}\n){2}$`),
      ),
      stderr: `Later events: passerby events list --after ${last?.cursor}\n`,
    });
    expect((await passerby(`events list --after ${last?.cursor} --type user.merged`)).stdout).toBe(
      "There are none after it.\n",
    );
    const { data } = await gateway.admin(
      'query ($after: String) { events(after: $after, types: ["user.deleted"]) { edges { cursor } } }',
      {
        variables: { after: first?.cursor },
      },
    );
    expect(data.events.edges).toEqual(latest.slice(1).map(({ cursor }) => ({ cursor })));
  });

  describe("events tail", () => {
    const start = (...words: string[]) => {
      const child = spawn(process.execPath, [resolve("dist/cli.js"), "events", "tail", ...words], {
        env: { PATH: process.env.PATH, ...environment() },
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.push(child);
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (chunk) => {
        stderr += chunk;
      });
      const lines: string[] = [];
      createInterface(child.stdout).on("line", (line) => lines.push(line));
      return { child, lines, stderr: () => stderr, end: once(child, "close") };
    };

    it.each(["SIGINT", "SIGTERM"] as const)(
      "prints what happens until %s, and ends with 0",
      async (signal) => {
        const before = await deleteUser();
        const tail = start("--type", "user.deleted");
        await eventually(() => tail.stderr() === "Waiting for events. Ctrl+C ends.\n");
        const users = [await deleteUser(), await deleteUser()];
        await eventually(() => tail.lines.length === 2);
        for (const [index, line] of tail.lines.entries()) {
          expect(line).toMatch(new RegExp(`^[-\\d]+ [:\\d]{8} {2}user\\.deleted {3}${users[index]}$`));
        }
        expect(tail.lines.join()).not.toContain(before);
        tail.child.kill(signal);
        expect([await tail.end, tail.stderr()]).toEqual([[0, null], "Waiting for events. Ctrl+C ends.\n"]);
      },
    );

    it("begins after a cursor with --json, one line each, and ends when the pipe is closed", async () => {
      const [first, second] = [await deleteUser(), await deleteUser()];
      const { cursor = "" } = (await deleted()).find(({ data }) => data.user.id === first) ?? {};
      const tail = start("--type", "user.deleted", "--after", cursor, "--json");
      await eventually(() => tail.lines.length === 1);
      expect(JSON.parse(String(tail.lines[0]))).toMatchObject({
        cursor: expect.any(String),
        id: expect.stringMatching(/^evt_/),
        type: "user.deleted",
        data: { user: { id: second } },
      });
      tail.child.stdout?.destroy();
      await eventually(async () => {
        await deleteUser();
        return tail.child.exitCode !== null;
      });
      expect([await tail.end, tail.stderr()]).toEqual([[0, null], ""]);
    });
  });

  it.each([
    ["webhooks create ftp://example.com", 1, /^`url` must be an https or http URL/],
    ["webhooks create http://10.0.0.1/", 1, /private address.*WEBHOOK_PRIVATE_ADDRESSES/],
    [
      "webhooks create https://example.com --types user.slept",
      1,
      /no event type "user\.slept"\. The types are user\.created, /,
    ],
    [
      "webhooks test missing",
      1,
      /^There is no webhook endpoint with that id\. `passerby webhooks list` lists them\.$/m,
    ],
    ["webhooks deliveries --endpoint missing", 1, /`passerby webhooks list` lists them/],
    ["webhooks deliveries --state lost", 2, /Allowed choices are pending, parked, delivered/],
    [
      "events redeliver nothing",
      1,
      /^There is no delivery nothing\. `passerby webhooks deliveries` lists them\.$/m,
    ],
    ["events redeliver", 1, /^Give either the id of a delivery, or --parked and --endpoint <id>/],
    ["events redeliver some --parked --endpoint other", 1, /^Give either/],
    ["events redeliver --parked --endpoint missing", 1, /`passerby webhooks list` lists them/],
    ["events list --after yesterday", 2, /must be start, or a cursor/],
    ["events tail --type user.slept", 1, /no event type "user\.slept"/],
  ])("rejects %s", async (words, status, sentence) => {
    const rejected = await passerby(words);
    expect(rejected).toMatchObject({ status, stdout: "" });
    expect(rejected.stderr).toMatch(sentence);
  });
});
