/** Starts an example with the command of its README, and stops it as Ctrl+C does. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { ADMIN_KEY, createDatabase, MASTER_KEY } from "./gateway.ts";

const root = new URL("../../", import.meta.url);

export interface Example {
  /** The URL of the page. */
  readonly url: string;
  /** Sends an operation to the admin graph of its gateway. */
  admin(query: string, variables?: object): Promise<Record<string, unknown>>;
  countUsers(): Promise<number>;
  /** Ends every session of a user, as an operator does. */
  endSessions(userId: string): Promise<void>;
  /** Enables or disables a provider. */
  deploy(provider: string, enabled: boolean): Promise<void>;
  /** Resolves once the page and the gateway have stopped. */
  stop(): Promise<void>;
}

export async function startExample(name: string, settings: Record<string, string> = {}): Promise<Example> {
  const readme = readFileSync(new URL(`examples/${name}/README.md`, root), "utf8");
  const [command = "", ...words] = /```sh\n(.*)\n```/.exec(readme)?.[1]?.split(" ") ?? [];
  const database = await createDatabase("sqlite");
  const child = spawn(command, words, {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: "1",
      DATABASE_URL: database.url,
      MASTER_KEY,
      ADMIN_KEY,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: Ctrl+C in a terminal reaches the whole group.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { gateway, url } = await new Promise<{ gateway: string; url: string }>((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk;
      const gateway = /Graph +(http:\S+)\/graphql/.exec(output)?.[1];
      const url = /Local: +(http:\S+)/.exec(output)?.[1];
      if (gateway && url) resolve({ gateway, url });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`exit ${code}: ${output}`)));
  });
  const admin: Example["admin"] = async (query, variables = {}) => {
    const response = await fetch(`${gateway}/admin/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: object };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  return {
    url,
    admin,
    async countUsers() {
      const { users } = await admin("{ users { totalCount } }");
      return (users as { totalCount: number }).totalCount;
    },
    async endSessions(userId) {
      const ended = await admin("mutation ($id: ID!) { revokeSessions(userId: $id) }", { id: userId });
      if (ended.revokeSessions === 0) throw new Error(`${userId} had no session.`);
    },
    async deploy(provider, enabled) {
      const variables = { input: { name: provider, enabled } };
      await admin(
        "mutation ($input: SaveProviderInput!) { saveProvider(input: $input) { baseVersion } }",
        variables,
      );
      await admin("mutation { deploy { version } }");
    },
    async stop() {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGINT");
      await exited;
      for (const address of [url, `${gateway}/livez`]) {
        const isGone = await fetch(address).then(
          () => false,
          () => true,
        );
        if (!isGone) throw new Error(`${address} still answers.`);
      }
      await database.drop();
    },
  };
}
