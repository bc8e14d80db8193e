/** Starts a gateway with its own database in `data/`, and Vite. Ctrl+C stops both. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = `${root}dist/main.js`;
if (!existsSync(program)) {
  console.error("Building the gateway (first start only) …");
  execFileSync("npm", ["run", "build", "--silent"], { cwd: root, stdio: "inherit" });
}

const gateway = spawn(process.execPath, [program], {
  env: {
    PORT: "0",
    METRICS_PORT: "off",
    DRAIN_SECONDS: "0",
    INITIAL_PROVIDERS: "anon-user,local-userpass",
    LOG_LEVEL: "warn",
    ...process.env,
  },
  stdio: ["ignore", "inherit", "pipe"],
});
gateway.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => gateway.kill("SIGTERM"));
process.once("exit", () => gateway.kill("SIGTERM"));

process.env.GATEWAY_URL = await new Promise((resolve) => {
  let banner = "";
  gateway.stderr.on("data", (chunk) => {
    process.stderr.write(chunk);
    banner += chunk;
    const address = /Graph +(http:\S+)\/graphql/.exec(banner)?.[1];
    if (address) resolve(address);
  });
});
const vite = await createServer({ clearScreen: false });
await vite.listen();
vite.printUrls();
