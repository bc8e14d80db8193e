/** `passerby api-key`, as an operator types it. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { loginWithKey } from "../support/api-keys.ts";
import { runCommand } from "../support/command-line.ts";
import {
  ADMIN_KEY,
  codeOf,
  createDatabase,
  type Gateway,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "api-key" } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const run = (...words: string[]) =>
  runCommand(["api-key", ...words], { env: { DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY } });
const passerby = async (...words: string[]): Promise<string> => {
  const { status, stdout } = await run(...words);
  expect(status).toBe(0);
  return stdout;
};

it("makes, lists, switches and deletes server keys", async () => {
  expect(await passerby("list")).toContain("There are no server API keys.");
  const made = await run("create", "billing");
  const secret = made.stdout.trim();
  expect(made.stderr).toMatch(
    /^The key is not shown again\. It logs in as user [\w-]+\. To delete both: passerby api-key/,
  );
  const { user } = (await loginWithKey(gateway, secret)).data.login;

  const [listed] = JSON.parse(await passerby("list", "--json"));
  expect(listed).toMatchObject({ name: "billing", userId: user.id, disabledAt: null });
  expect(await passerby("list", "--json")).not.toContain("hash");
  expect(await passerby("list")).toMatch(/^ID +NAME +LAST USED +STATE\n/);

  expect(await passerby("disable", listed.id)).toBe("The key billing is disabled.\n");
  expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");
  expect(JSON.parse(await passerby("enable", listed.id, "--json"))).toMatchObject({ disabledAt: null });
  expect(codeOf(await loginWithKey(gateway, secret))).toBeUndefined();
  expect(await passerby("delete", listed.id)).toBe("The key and its user are deleted.\n");
  expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");

  const again = JSON.parse(await passerby("create", "billing", "--json"));
  expect((await loginWithKey(gateway, again.secret)).data.login.user.id).toBe(again.userId);
});

it("says what is wrong, and exits with 1", async () => {
  for (const words of [
    ["delete", "unknown"],
    ["disable", "unknown"],
    ["create", "no spaces"],
  ]) {
    const { status, stdout, stderr } = await run(...words);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^(There is no server API key|A key's name has)/);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});
