/** The README's queries, in its order, give the README's answers; its commands do what it says. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { ADMIN_KEY, createDatabase, type Gateway, MASTER_KEY, startGateway } from "./support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "" } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```(graphql|json|sh)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({
  kind,
  text: String(text),
}));

/** … stands for any text that is not empty. */
const anyText = (value: unknown): unknown =>
  value === "…"
    ? expect.stringMatching(/./)
    : Array.isArray(value)
      ? value.map(anyText)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, anyText(each)]))
        : value;

/** What curl would send, to the gateway of this test. */
async function sendAsCurl(line: string): Promise<unknown> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? String(match[2]));
  const [, , url = "", , header = "", , body = ""] = words;
  expect(words.filter((_, index) => [0, 1, 3, 5].includes(index))).toEqual(["curl", "-s", "-H", "-d"]);
  const [name = "", value = ""] = header.split(": ");
  const address = url.replace("http://127.0.0.1:4000", gateway.url);
  return (await fetch(address, { method: "POST", headers: { [name]: value }, body })).json();
}

it("runs from top to bottom", async () => {
  let token: string | undefined;
  let ticket: string | undefined;
  let answer: unknown;
  const commands: string[] = [];
  for (const { kind, text } of blocks) {
    if (kind === "graphql") {
      gateway.clock.advance({ seconds: 1 });
      const { data, errors } = await gateway.graph(text, {
        // A visitor who arrives has no token yet.
        token: text.includes("loginAnonymous") ? undefined : token,
        variables: text.includes("$ticket") ? { ticket } : {},
      });
      answer = { data, ...(errors && { errors }) };
      const [payload] = Object.values((data ?? {}) as Record<string, Record<string, string>>);
      token = payload?.accessToken ?? token;
      ticket = payload?.mergeTicket ?? ticket;
    } else if (kind === "json") {
      expect(answer).toEqual(anyText(JSON.parse(text)));
    } else {
      for (const line of text.trim().split("\n")) {
        commands.push(line);
        if (line.startsWith("curl ")) answer = await sendAsCurl(line);
        if (!line.startsWith("npx passerby ")) continue;
        const words = [...line.slice("npx passerby ".length).matchAll(/"([^"]*)"|(\S+)/g)].map(
          (match) => match[1] ?? String(match[2]),
        );
        execFileSync("node", ["dist/cli.js", ...words], {
          env: { PATH: process.env.PATH, DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY },
        });
        await gateway.app.services.deployments.reload();
      }
    }
  }
  expect(commands).toContain("npm ci && npm start");
  expect(commands).toContain("npm ci && npm test");
});
