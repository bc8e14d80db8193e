/** The gateway, a subgraph and a router, on this machine, until Ctrl-C. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startNotes } from "./notes.js";
import { startRouter } from "./router.js";

const { GATEWAY_PORT = "4000", NOTES_PORT = "4001", ROUTER_PORT = "4002" } = process.env;
const root = fileURLToPath(new URL("../..", import.meta.url));
const gatewayUrl = `http://127.0.0.1:${GATEWAY_PORT}`;
const running = [];

process.once("SIGINT", () => stop(0)).once("SIGTERM", () => stop(0));
try {
  running.push(await startGateway());
  const notes = await startNotes({ issuer: gatewayUrl, gatewayUrl, port: Number(NOTES_PORT) });
  running.push(notes);
  const subgraphs = [
    { name: "passerby", url: `${gatewayUrl}/graphql` },
    { name: "notes", url: notes.url },
  ];
  const router = await startRouter({ subgraphs, issuer: gatewayUrl, gatewayUrl, port: Number(ROUTER_PORT) });
  running.push(router);
  console.log(`\nThe whole graph is at ${router.url}\nCtrl-C ends it, and forgets everything.\n`);
} catch (error) {
  console.error(error.message);
  await stop(1);
}

async function startGateway() {
  if (!existsSync(`${root}/dist/main.js`))
    execFileSync("npm", ["run", "build:gateway", "--silent"], { cwd: root });
  const child = spawn(process.execPath, [`${root}/dist/main.js`], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: process.env.PATH,
      PORT: GATEWAY_PORT,
      PUBLIC_URL: gatewayUrl,
      DATABASE_URL: "sqlite::memory:",
      INITIAL_PROVIDERS: "anon-user,local-userpass",
      TRUST_PROXY: "loopback",
      LOG_LEVEL: "warn",
    },
  });
  const exited = once(child, "exit");
  const isReady = () =>
    fetch(`${gatewayUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error("The gateway did not start.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function stop(code) {
  for (const part of running.reverse()) await part.stop();
  process.exit(code);
}
