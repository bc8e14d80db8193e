/** Two gateways of one database behind a load balancer, each restarted again and again under load. */
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../support/free-port.ts";
import { type Program, startProgram } from "./program.ts";
import { startRoundRobin } from "./round-robin.ts";

export interface RollingRestarts {
  readonly requests: number;
  /** One line for each request that was not answered as it should be. */
  readonly failures: readonly string[];
  readonly exitCodes: readonly (number | null)[];
  /** How long each stop took, in milliseconds. */
  readonly stops: readonly number[];
}

const LOGIN = "mutation { loginAnonymous { accessToken user { id } } }";

/** @param options.restarts of each gateway */
export async function rollingRestarts({
  restarts,
  settings,
  clients = 8,
}: {
  restarts: number;
  settings: Record<string, string>;
  clients?: number;
}): Promise<RollingRestarts> {
  const ports = [await freePort(), await freePort()];
  const start = (port: number) => startProgram({ RATE_LIMITS: "off", ...settings }, port);
  const programs: Program[] = [];
  for (const port of ports) programs.push(await start(port));
  const balancer = await startRoundRobin(ports);
  const untilReady = async (port: number): Promise<void> => {
    while (!balancer.isReady(port)) await setTimeout(20);
  };
  await Promise.all(ports.map(untilReady));

  let requests = 0;
  let isExpired = false;
  const failures: string[] = [];
  const send = async (query: string, token?: string): Promise<unknown> => {
    requests += 1;
    const headers = {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(`${balancer.url}/graphql`, {
      method: "POST",
      headers,
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    if (answer.status !== 200 || text.includes('"errors"')) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text).data;
  };
  const live = async (): Promise<void> => {
    while (!isExpired) {
      try {
        const { loginAnonymous } = (await send(LOGIN)) as {
          loginAnonymous: { accessToken: string; user: { id: string } };
        };
        const { me } = (await send("{ me { id } }", loginAnonymous.accessToken)) as { me: { id: string } };
        if (me.id !== loginAnonymous.user.id) throw new Error("another user");
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const load = Array.from({ length: clients }, live);
  const exitCodes: (number | null)[] = [];
  const stops: number[] = [];
  try {
    for (let round = 0; round < restarts; round++) {
      for (const [index, port] of ports.entries()) {
        const began = Date.now();
        exitCodes.push(await (programs[index] as Program).end("SIGTERM"));
        stops.push(Date.now() - began);
        programs[index] = await start(port);
        await untilReady(port);
      }
    }
  } finally {
    isExpired = true;
    await Promise.all(load);
    await balancer.close();
    for (const program of programs) program.child.kill("SIGKILL");
  }
  return { requests, failures, exitCodes, stops };
}
