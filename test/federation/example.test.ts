/** The example, by the one command of its README; then the README's queries give the README's answers. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, expect, it } from "@jest/globals";

const readme = readFileSync(new URL("../../examples/federation/README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```(graphql|json|sh)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({
  kind,
  text: String(text).trim(),
}));

let child: ChildProcess | undefined;
afterAll(() => {
  if (child?.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return String(port);
}

/** … stands for anything. */
const anything = (value: unknown): unknown =>
  value === "…"
    ? expect.anything()
    : Array.isArray(value)
      ? value.map(anything)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, anything(each)]))
        : value;

it("starts with one command, does what it says, and ends with Ctrl-C", async () => {
  const command = blocks.find(({ kind }) => kind === "sh")?.text.replace("npm ci && ", "") ?? "";
  expect(command).toBe("npm start -w examples/federation");
  const ports = {
    GATEWAY_PORT: await freePort(),
    NOTES_PORT: await freePort(),
    ROUTER_PORT: await freePort(),
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

  let token: string | undefined;
  let ticket: string | undefined;
  let answer: unknown;
  let compared = 0;
  let isLeftAway = false;
  for (const { kind, text } of blocks) {
    if (kind === "graphql") {
      // Visitors have no token yet, and those who deleted themselves none that is good.
      const isSent = token && !isLeftAway && !text.includes("loginAnonymous");
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(isSent && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query: text, ...(text.includes("$ticket") && { variables: { ticket } }) }),
      });
      answer = await response.json();
      const { data } = answer as { data: Record<string, Record<string, string>> | null };
      const [payload] = Object.values(data ?? {});
      expect([text, payload]).toEqual([text, expect.anything()]);
      token = payload?.accessToken ?? token;
      ticket = payload?.mergeTicket ?? ticket;
      isLeftAway ||= text.includes("deleteMe");
    } else if (kind === "json") {
      expect(answer).toEqual(anything(JSON.parse(text)));
      compared += 1;
    }
  }
  expect(compared).toBe(4);

  const exited = once(child, "exit");
  process.kill(-Number(child.pid), "SIGINT");
  await exited;
  for (const port of Object.values(ports)) {
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
  }
  expect(printed).not.toMatch(/\n\s+at /);
}, 120_000);
