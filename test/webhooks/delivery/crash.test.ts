/** A gateway that is killed while it delivers: the next one delivers the rest, and nothing that was acknowledged is lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "@jest/globals";
import { createDatabase } from "../../support/database.ts";
import { startEndpoint } from "../../support/endpoint.ts";
import { ADMIN_KEY, MASTER_KEY } from "../../support/keys.ts";
import { endProcesses, type GatewayProcess, startProcess } from "../../support/process.ts";
import { eventually, idsOf } from "../../support/webhooks.ts";

afterAll(endProcesses);

it("what was acknowledged before a kill is delivered after it, and in order for each user", async () => {
  const database = await createDatabase("sqlite");
  const receiver = await startEndpoint(async (_asked, response) => {
    await sleep(20);
    response.writeHead(200).end();
  });
  const settings = {
    DATABASE_URL: database.url,
    MASTER_KEY,
    ADMIN_KEY,
    WEBHOOK_PRIVATE_ADDRESSES: "on",
  };
  const send = async (gateway: GatewayProcess, path: string, query: string, token?: string) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: Record<string, Record<string, never>> };
  };

  const first = await startProcess(settings);
  const url = `http://127.0.0.1:${receiver.port}/`;
  await send(
    first,
    "/admin/graphql",
    `mutation { createWebhookEndpoint(input: { url: "${url}" }) { secret } }`,
    ADMIN_KEY,
  );
  const acknowledged: string[] = [];
  const visit = async (): Promise<void> => {
    for (;;) {
      const login = await send(
        first,
        "/graphql",
        "mutation { loginAnonymous { user { id } accessToken } }",
      ).catch(() => null);
      if (!login) return;
      const { user, accessToken } = login.data.loginAnonymous as unknown as {
        user: { id: string };
        accessToken: string;
      };
      acknowledged.push(`user.created ${user.id}`);
      const logout = await send(
        first,
        "/graphql",
        "mutation { logout { sessionsEnded } }",
        accessToken,
      ).catch(() => null);
      if (!logout) return;
      acknowledged.push(`session.ended ${user.id}`);
    }
  };
  const visits = [visit(), visit(), visit(), visit()];
  await eventually(() => receiver.asked.length > 50);
  await first.end("SIGKILL");
  await Promise.all(visits);

  const received = () =>
    receiver.asked.map(({ body }) => {
      const { type, data } = JSON.parse(body);
      return `${type} ${data.user.id}`;
    });
  const isAllThere = (): boolean => {
    const there = new Set(received());
    return acknowledged.every((each) => there.has(each));
  };
  expect(isAllThere()).toBe(false);
  const second = await startProcess(settings);
  await eventually(isAllThere, 50);
  const order = received();
  for (const each of acknowledged.filter((text) => text.startsWith("session.ended"))) {
    const user = each.slice("session.ended ".length);
    expect(order.indexOf(`user.created ${user}`)).toBeLessThan(order.indexOf(each));
  }
  // What was running may come twice, with the same id; nothing else does.
  const ids = idsOf(receiver.asked);
  expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(128);
  expect(await second.end("SIGTERM")).toBe(0);
  await receiver.stop();
  await database.drop();
});
