/** What the testing kit makes is what a gateway makes: events of the same types, with data of the same shape. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { runExpiry } from "../../src/identity/users/expiry-run.ts";
import { systemContext } from "../../src/request-context.ts";
import { lifecycleEventTypes, signedEvent } from "../../src/testing/index.ts";
import { PASSWORD } from "../support/email-password.ts";
import {
  createDatabase,
  type Gateway,
  type Login,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({
    url: database.url,
    settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
  });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const mutate = (mutation: string, token?: string): Promise<unknown> =>
  token ? gateway.graph(`mutation { ${mutation} }`, { token }) : gateway.admin(`mutation { ${mutation} }`);

const readEvents = async (): Promise<{ id: string; type: string; data: object }[]> => {
  const { data } = await gateway.admin("{ events(first: 100) { edges { node { id type data } } } }");
  return data.events.edges.map(({ node }: { node: object }) => node);
};

/** Names in order, with the type and length of what cannot be the same. */
const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([name, each]) => [name, shape(each)]);
  }
  return typeof value === "string" && /\d/.test(value) ? `${value.length} characters` : typeof value;
};

const link = async (guest: Login, email: string) =>
  (await linkEmail(gateway, guest.accessToken, email, PASSWORD)).data.linkIdentity;

/** `user.updated` needs a provider with profiles; its data has the parts of the others. */
it("makes the events of a gateway", async () => {
  // New users are told of once the events are read.
  await readEvents();
  const owner = await loginAnonymously(gateway);
  const { accessToken } = await link(owner, "ada@example.com");
  await mutate('createApiKey(name: "robot") { apiKey { id } }', accessToken);
  const { data } = await gateway.graph("{ me { apiKeys { id } } }", { token: accessToken });
  await mutate(`deleteApiKey(id: "${data.me.apiKeys[0].id}") { id }`, accessToken);
  const guest = await loginAnonymously(gateway);
  const { mergeTicket } = await link(guest, "ada@example.com");
  const merged = await mergeUser(gateway, guest.accessToken, mergeTicket);
  await mutate(`disableUser(id: "${owner.id}") { id }`);
  await mutate(`enableUser(id: "${owner.id}") { id }`);
  await mutate("logout { sessionsEnded }", merged.data.mergeUser.accessToken);
  await mutate(`deleteUser(id: "${owner.id}")`);
  await loginAnonymously(gateway);
  for (const days of [84, 7]) {
    gateway.clock.advance({ days });
    await runExpiry(gateway.app.services, systemContext, { dryRun: false });
  }

  const events = await readEvents();
  expect([...new Set(events.map(({ type }) => type)), "user.updated"].sort()).toEqual(
    [...lifecycleEventTypes].sort(),
  );
  for (const { id, type, data: real } of events) {
    const made = signedEvent(type as (typeof lifecycleEventTypes)[number]);
    expect([type, shape(made.data), made.id.length]).toEqual([type, shape(real), id.length]);
  }
});
