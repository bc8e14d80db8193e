/** The example, by the one command of its README; then the README's queries give the README's answers. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "@jest/globals";
import { freePort } from "../support/free-port.ts";

const readme = readFileSync(new URL("../../examples/federation/README.md", import.meta.url), "utf8");
const startScript = readFileSync(new URL("../../examples/federation/start.js", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```(graphql|json|sh)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({
  kind,
  text: String(text).trim(),
}));

let child: ChildProcess | undefined;
afterAll(() => {
  if (child?.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
});

const withoutLayout = (text: string): string => text.replace(/\s+/g, " ");

/** … stands for anything. */
const anything = (value: unknown): unknown =>
  value === "…"
    ? expect.anything()
    : Array.isArray(value)
      ? value.map(anything)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, anything(each)]))
        : value;

/** … as an id stands for the caller's, so that notes which are still the guest's are found. */
async function expectationOf(text: string, ask: () => Promise<unknown>): Promise<unknown> {
  if (!text.includes('"id": "…"')) return anything(JSON.parse(text));
  const { data } = (await ask()) as { data: { me: { id: string } } };
  return JSON.parse(text.replaceAll("…", data.me.id));
}

/** Asks until the answer is the expected one, or ten seconds have passed. */
async function askUntil(expected: unknown, ask: () => Promise<unknown>): Promise<unknown> {
  const until = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    try {
      expect(answer).toEqual(expected);
      return answer;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

it("starts with one command, does what it says, and ends with Ctrl-C", async () => {
  const command = blocks.find(({ kind }) => kind === "sh")?.text.replace("npm ci && ", "") ?? "";
  expect(command).toBe("npm start -w examples/federation");
  const ports = {
    GATEWAY_PORT: String(await freePort()),
    NOTES_PORT: String(await freePort()),
    ROUTER_PORT: String(await freePort()),
    EVENTS_PORT: String(await freePort()),
  };
  // A terminal's Ctrl-C reaches every process of the command.
  const [program = "", ...words] = command.split(" ");
  child = spawn(program, words, {
    detached: true,
    env: { ...process.env, ...ports, NODE_OPTIONS: "" },
  });
  let printed = "";
  child.stderr?.on("data", (text) => {
    printed += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child?.stdout?.on("data", (text) => {
      printed += text;
      const found = /The federated graph is at (\S+)\. /.exec(printed)?.[1];
      if (found) resolve(found);
    });
    child?.once("exit", () => reject(new Error(printed)));
  });
  expect(url).toBe(`http://127.0.0.1:${ports.ROUTER_PORT}/graphql`);

  const ask = async (
    query: string,
    { token, variables }: { token?: string | undefined; variables: object },
  ): Promise<{ data: Record<string, Record<string, string>> | null }> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data: Record<string, Record<string, string>> | null };
  };
  let token: string | undefined;
  const variables: Record<string, string | undefined> = {};
  let askAgain = async (): Promise<unknown> => null;
  let compared = 0;
  let isDeleted = false;
  for (const { kind, text } of blocks) {
    if (text.includes("createWebhookEndpoint")) {
      expect(withoutLayout(startScript)).toContain(withoutLayout(text));
    } else if (kind === "graphql") {
      // Visitors have no token yet, and deleted users have no valid one.
      const isSent = !isDeleted && !text.includes("loginAnonymous");
      const used = Object.entries(variables).filter(([name]) => text.includes(`$${name}`));
      const options = { token: isSent ? token : undefined, variables: Object.fromEntries(used) };
      const answer = await ask(text, options);
      const [payload] = Object.values(answer.data ?? {});
      expect([text, payload]).toEqual([text, expect.anything()]);
      askAgain = async () => (text.startsWith("query") ? ask(text, options) : answer);
      token = payload?.accessToken ?? token;
      variables.ticket = payload?.mergeTicket ?? variables.ticket;
      variables.erasure = payload?.erasureId ?? variables.erasure;
      isDeleted ||= text.includes("deleteMe");
    } else if (kind === "json") {
      // Events arrive a moment later.
      await askUntil(await expectationOf(text, askAgain), askAgain);
      compared += 1;
    }
  }
  expect(compared).toBe(5);

  const exited = once(child, "exit");
  process.kill(-Number(child.pid), "SIGINT");
  await exited;
  for (const port of Object.values(ports)) {
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
  }
  expect(printed).not.toMatch(/\n\s+at /);
});
