/** docs/federation.md, followed by a newcomer: its files, its commands, its queries and its answer. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { freePort } from "../support/free-port.ts";
import { createDatabase, startGateway, TestClock } from "../support/gateway.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const page = readFileSync(new URL("../../docs/federation.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({
  kind,
  text: String(text),
}));
const of = (kind: string): string[] => blocks.filter((block) => block.kind === kind).map(({ text }) => text);

/** Sends requests until one is answered. */
async function untilAnswers(url: string, process: ChildProcess, printed: () => string): Promise<void> {
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (process.exitCode !== null) throw new Error(printed());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it("leads to a working graph", async () => {
  const database = await createDatabase("sqlite");
  cleanups.push(database.drop);
  const gateway = await startGateway({ url: database.url, clock: new TestClock(new Date()) });
  cleanups.push(gateway.stop);
  const [orders, router] = [await freePort(), await freePort()];
  const here = (text: string): string =>
    text
      .replaceAll("http://127.0.0.1:4000", gateway.url)
      .replaceAll("4001", String(orders))
      .replaceAll("4002", String(router));

  const folder = mkdtempSync(join(tmpdir(), "passerby-federation-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), "{}");
  const names = ["orders.mjs", "compose.mjs", "gateway.config.js"];
  names.forEach((name, index) => {
    expect(page).toContain(`\`${name}\``);
    writeFileSync(join(folder, name), here(of("js")[index] ?? ""));
  });

  let printed = "";
  const run = (line: string): ChildProcess => {
    const [program = "", ...words] = line.split(" ");
    const local = program === "npx" ? [`node_modules/.bin/${words.shift()}`] : [];
    const child = spawn(process.execPath, [...local, ...words], {
      cwd: folder,
      env: { PATH: process.env.PATH },
    });
    cleanups.push(() => child.kill("SIGKILL"));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        printed += text;
      });
    }
    return child;
  };
  const [startOrders = "", composeAndStart = ""] = here(of("sh")[1] ?? "")
    .trim()
    .split("\n");
  const [compose = "", startRouter = ""] = composeAndStart.split(" && ");
  const subgraph = run(startOrders.replace(" &", ""));
  await untilAnswers(`http://127.0.0.1:${orders}/`, subgraph, () => printed);
  const [code] = await once(run(compose), "exit");
  expect([code, printed]).toEqual([0, expect.anything()]);
  await untilAnswers(`http://127.0.0.1:${router}/readiness`, run(startRouter), () => printed);

  const ask = async (query: string, token?: string) => {
    const response = await fetch(`http://127.0.0.1:${router}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: { loginAnonymous: { accessToken: string } } };
  };
  const [login = "", order = ""] = of("graphql");
  const token = (await ask(login)).data.loginAnonymous.accessToken;
  expect(await ask(order, token)).toEqual(JSON.parse(of("json")[0] ?? ""));
  expect(await ask("{ me { orders { item } sessions { current } } }", token)).toEqual({
    data: { me: { orders: [{ item: "A lamp" }], sessions: [{ current: true }] } },
  });
});
