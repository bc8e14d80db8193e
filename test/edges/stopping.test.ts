/** How the process ends: in order on the first signal, whatever clients do, and at once on the second. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, it } from "@jest/globals";
import { getIntrospectionQuery } from "graphql";
import { endProcesses, newFolder, startProcess } from "../support/process.ts";

const sockets: Socket[] = [];
afterEach(() => {
  endProcesses();
  // One that does not read never sees that it was closed, and would keep the test process alive.
  for (const socket of sockets.splice(0)) socket.destroy();
});

const started = (settings: Record<string, string> = {}) =>
  startProcess({ DATABASE_URL: `sqlite:${newFolder()}/passerby.sqlite`, ...settings });

const socketTo = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
};
const post = (query: string): string => {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const LOGIN = post("mutation { loginAnonymous { accessToken } }");

/** Asks until it drains, which a busy machine may notice late. */
async function drainingAnswer(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    if (answer.status !== 200) return answer;
  }
}

it("while it drains /readyz says so, everything is answered, and each answer closes its connection", async () => {
  const { url, child, end } = await started({ DRAIN_SECONDS: "2", METRICS_PORT: "0", LOG_LEVEL: "info" });
  const before = Date.now();
  const kept = await socketTo(url);
  kept.write(LOGIN);
  expect(String((await once(kept, "data"))[0])).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: keep-alive/i);
  const ended = end("SIGTERM");
  const answer = await drainingAnswer(url);
  expect([answer.status, await answer.json()]).toEqual([503, { status: "draining" }]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  kept.write(LOGIN);
  expect(await text(kept)).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*"accessToken":/i);
  const another = await socketTo(url);
  another.write(LOGIN);
  expect(await text(another)).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close/i);
  expect(await ended).toBe(0);
  expect(Date.now() - before).toBeGreaterThanOrEqual(2_000);
  expect(child.signalCode).toBeNull();
});

it("a request that is under way on a kept-alive connection is answered and closes it, and nothing waits longer", async () => {
  const { url, end } = await started();
  const socket = await socketTo(url);
  // It was used before, so a pool would keep it.
  socket.write(LOGIN);
  await once(socket, "data");
  socket.write(LOGIN.slice(0, -20));
  await setTimeout(100);
  const before = Date.now();
  const ended = end("SIGTERM");
  await setTimeout(300);
  socket.write(LOGIN.slice(-20));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*"accessToken":/i);
  expect(await ended).toBe(0);
  expect(Date.now() - before).toBeLessThan(2_000);
});

it("a connection that was open before and asks while the server closes is answered too", async () => {
  const { url, end } = await started();
  const socket = await socketTo(url);
  await setTimeout(100);
  const ended = end("SIGTERM");
  await setTimeout(300);
  socket.write(LOGIN);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*"accessToken":/i);
  expect(await ended).toBe(0);
});

it("no request fails on a connection that was used before, however often clients ask", async () => {
  const { url, end } = await started({ DRAIN_SECONDS: "1" });
  const agent = new Agent({ keepAlive: true });
  let [isGone, answers, reused] = [false, 0, 0];
  const failures: unknown[] = [];
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const headers = { "content-type": "application/json" };
      const asking = request(`${url}/graphql`, { agent, method: "POST", headers }, (answer) => {
        answers += 1;
        if (asking.reusedSocket) reused += 1;
        if (answer.statusCode !== 200) failures.push(answer.statusCode);
        answer.resume().once("close", resolve);
      });
      asking.once("error", (error) => {
        // A new connection may be rejected, or reset before the gateway has it: it has no load balancer here.
        if (asking.reusedSocket) failures.push(error);
        isGone = true;
        resolve();
      });
      asking.end('{"query":"{ me { id } }"}');
    });
  const clients = Array.from({ length: 4 }, async () => {
    while (!isGone) await ask();
  });
  await setTimeout(200);
  expect(await end("SIGTERM")).toBe(0);
  await Promise.all(clients);
  agent.destroy();
  expect(failures).toEqual([]);
  expect(Math.min(answers - reused, reused)).toBeGreaterThan(5);
});

it("neither silent connections nor clients that do not read hold it", async () => {
  const { url, end } = await started();
  const silent = await socketTo(url);
  const half = await socketTo(url);
  half.write("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Le");
  const halfBody = await socketTo(url);
  halfBody.write(LOGIN.slice(0, -5));
  const idle = await socketTo(url);
  idle.write(LOGIN);
  await once(idle, "data");
  const deaf = await socketTo(url);
  deaf.pause();
  // Far more than what the system holds for a connection.
  deaf.write(post(getIntrospectionQuery()).repeat(400));
  for (const socket of [silent, half, halfBody, idle, deaf]) socket.on("error", () => {});
  await setTimeout(1_500);
  const before = Date.now();
  expect(await end("SIGTERM")).toBe(0);
  expect(Date.now() - before).toBeLessThan(8_000);
});

it("a second signal ends it at once, and says so", async () => {
  const { url, child, end } = await started({ DRAIN_SECONDS: "60" });
  const said = text(child.stderr as NonNullable<typeof child.stderr>);
  child.kill("SIGTERM");
  expect((await drainingAnswer(url)).status).toBe(503);
  // Before a quarter of a second has passed it would count as the same signal.
  await setTimeout(600);
  const before = Date.now();
  expect(await end("SIGTERM")).toBe(143);
  expect(Date.now() - before).toBeLessThan(10_000);
  expect(await said).toContain("Received a second signal (SIGTERM): stopped at once");
});

it("SIGINT without a terminal drains like SIGTERM", async () => {
  const { url, end } = await started({ DRAIN_SECONDS: "2" });
  const ended = end("SIGINT");
  expect((await drainingAnswer(url)).status).toBe(503);
  expect(await ended).toBe(0);
});

it("Ctrl+C in a terminal does not wait, and the terminal is shown the admin key", async () => {
  const file = `${newFolder()}/passerby.sqlite`;
  const terminal = spawn(
    "script",
    ["-qefc", `exec ${process.execPath} ${resolve("dist/main.js")}`, "/dev/null"],
    {
      env: {
        PATH: String(process.env.PATH),
        PORT: "0",
        METRICS_PORT: "off",
        DRAIN_SECONDS: "60",
        DATABASE_URL: `sqlite:${file}`,
      },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  let said = "";
  await new Promise<void>((resolve) =>
    terminal.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Ctrl+C")) resolve();
    }),
  );
  const before = Date.now();
  const exit = once(terminal, "exit");
  terminal.stdin.write("\u0003");
  expect((await exit)[0]).toBe(0);
  expect(Date.now() - before).toBeLessThan(20_000);
  expect(said).toMatch(/Admin key +pba_/);
  expect(said).not.toContain('"listening"');
});
