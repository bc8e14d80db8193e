/**
 * Twenty addresses try fifty wrong passwords each, on connections that stay open. Everyone else must hardly notice:
 * hashing passwords runs apart from the rest. Limits are at their defaults.
 */
import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { freePort } from "../support/free-port.ts";
import { createDatabase } from "../support/gateway.ts";
import { ask, emailPassword, LINK, LOGIN } from "./support/graph.ts";
import { type Program, report, startProgram } from "./support/program.ts";

const ADDRESSES = 20;
const TRIES = 50;
const PASSWORD_LOGIN = "mutation ($c: Credentials!) { login(credentials: $c) { user { id } accessToken } }";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Program;
let token: string;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startProgram(
    { DATABASE_URL: database.url, INITIAL_PROVIDERS: "anon-user,local-userpass" },
    await freePort(),
  );
  const guest = (await ask(gateway.url, LOGIN)).data.loginAnonymous;
  const linked = await ask(gateway.url, LINK, {
    token: guest.accessToken,
    variables: emailPassword("ada@example.com"),
  });
  token = linked.data.linkIdentity.accessToken;
});

afterAll(async () => {
  await gateway.end("SIGKILL");
  await database.drop();
});

/** Over a kept connection of an address of its own. */
function post(agent: Agent, localAddress: string, body: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        localAddress,
        port: gateway.port,
        host: "127.0.0.1",
        method: "POST",
        path: "/graphql",
        headers: { "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

async function attack(address: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const tries = Array.from({ length: TRIES }, (_, index) => ({
    query: PASSWORD_LOGIN,
    variables: emailPassword(`victim${index}@example.com`, `wrong horse ${index}`),
  }));
  await Promise.all(tries.map((body) => post(agent, address, body)));
  agent.destroy();
}

const p99 = (times: number[]): number =>
  times.sort((a, b) => a - b)[Math.floor(0.99 * (times.length - 1))] ?? 0;

it("keeps others fast while 20 addresses try 50 wrong passwords each", async () => {
  let isExpired = false;
  const times = { guest: [] as number[], me: [] as number[], login: [] as number[] };
  let rejectedWithTime = 0;
  const measure = async (into: number[], pauseMs: number, work: () => Promise<void>): Promise<void> => {
    while (!isExpired) {
      const start = performance.now();
      await work();
      into.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const agent = new Agent({ keepAlive: true });
  let visitor = 0;
  const honest = [
    measure(times.guest, 100, async () => {
      const answer = await post(agent, `127.0.9.${1 + (visitor++ % 200)}`, { query: LOGIN });
      expect(answer.text).toContain("accessToken");
    }),
    measure(times.me, 50, async () => {
      expect((await ask(gateway.url, "{ me { id } }", { token })).data.me.id).toBeTruthy();
    }),
    measure(times.login, 200, async () => {
      const { data, errors } = await ask(gateway.url, PASSWORD_LOGIN, {
        variables: emailPassword("ada@example.com"),
      });
      if (data?.login?.accessToken) return;
      expect(errors?.[0]?.extensions.code).toBe("SERVICE_UNAVAILABLE");
      expect(errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(0);
      rejectedWithTime += 1;
    }),
  ];
  const start = performance.now();
  await Promise.all(Array.from({ length: ADDRESSES }, (_, index) => attack(`127.0.8.${index + 1}`)));
  const seconds = (performance.now() - start) / 1_000;
  isExpired = true;
  await Promise.all(honest);
  agent.destroy();
  const figures = {
    attackSeconds: Math.round(seconds),
    guestP99Ms: Math.round(p99(times.guest)),
    meP99Ms: Math.round(p99(times.me)),
    loginP99Ms: Math.round(p99(times.login)),
    logins: times.login.length - rejectedWithTime,
    rejectedWithTime,
  };
  report(`  ${JSON.stringify(figures)}`);
  expect(figures.guestP99Ms).toBeLessThan(1_000);
  expect(figures.meP99Ms).toBeLessThan(1_000);
  expect(figures.loginP99Ms).toBeLessThan(5_000);
});
