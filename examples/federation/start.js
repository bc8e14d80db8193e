/** Starts the gateway, a subgraph and a router on this machine. Ctrl+C stops them. */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startRouter } from "./router.js";

const {
  GATEWAY_PORT = "4000",
  NOTES_PORT = "4001",
  ROUTER_PORT = "4002",
  EVENTS_PORT = "4003",
} = process.env;
const root = fileURLToPath(new URL("../..", import.meta.url));
const gatewayUrl = `http://127.0.0.1:${GATEWAY_PORT}`;
const adminKey = randomBytes(32).toString("base64url");
const running = [];

process.once("SIGINT", () => stop(0)).once("SIGTERM", () => stop(0));
process.once("uncaughtException", ({ message }) => {
  console.error(message);
  stop(1);
});

await startGateway();
// Imported late: it needs `passerby/subgraph`, which exists once the gateway is built.
const { startNotes } = await import("./notes.js");
const addresses = { issuer: gatewayUrl, gatewayUrl };
const notes = await startNotes({
  ...addresses,
  port: Number(NOTES_PORT),
  eventsPort: Number(EVENTS_PORT),
  webhookSecret: await createWebhookEndpoint(`http://127.0.0.1:${EVENTS_PORT}/`),
});
running.push(notes);
const subgraphs = [
  { name: "passerby", url: `${gatewayUrl}/graphql` },
  { name: "notes", url: notes.url },
];
const router = await startRouter({ ...addresses, subgraphs, port: Number(ROUTER_PORT) });
running.push(router);
console.log(`The federated graph is at ${router.url}. Ctrl+C stops it and deletes all data.`);

async function startGateway() {
  if (!existsSync(`${root}/dist/main.js`)) {
    execFileSync("npm", ["run", "build:gateway", "--silent"], { cwd: root, stdio: "inherit" });
  }
  const child = spawn(process.execPath, [`${root}/dist/main.js`], {
    stdio: ["ignore", "inherit", "pipe"],
    env: {
      PATH: process.env.PATH,
      PORT: GATEWAY_PORT,
      PUBLIC_URL: gatewayUrl,
      DATABASE_URL: "sqlite::memory:",
      INITIAL_PROVIDERS: "anon-user,local-userpass",
      TRUST_PROXY: "loopback",
      LOG_LEVEL: "warn",
      METRICS_PORT: "off",
      ADMIN_KEY: adminKey,
      // The notes get their events on this machine.
      WEBHOOK_PRIVATE_ADDRESSES: "127.0.0.0/8",
      DRAIN_SECONDS: "0",
    },
  });
  const exited = once(child, "exit");
  running.push({
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  });
  await new Promise((resolve, reject) => {
    child.stderr.on("data", (text) => {
      process.stderr.write(text);
      if (String(text).includes("Passerby is ready")) resolve();
    });
    child.once("exit", () => reject(new Error("The gateway did not start.")));
  });
}

/** @returns the secret that the notes verify events with; it is shown once */
async function createWebhookEndpoint(url) {
  const query = `
    mutation ($url: String!) {
      createWebhookEndpoint(input: {
        url: $url
        description: "Notes"
        types: ["user.merged", "user.deleted", "user.expired"]
        requiresReceipt: true
      }) { secret }
    }`;
  const response = await fetch(`${gatewayUrl}/admin/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${adminKey}` },
    body: JSON.stringify({ query, variables: { url } }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data.createWebhookEndpoint.secret;
}

async function stop(code) {
  for (const part of running.reverse()) await part.stop();
  process.exit(code);
}
