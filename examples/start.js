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

const env = {
  PORT: "0",
  METRICS_PORT: "off",
  DRAIN_SECONDS: "0",
  INITIAL_PROVIDERS: "anon-user,local-userpass",
  LOG_LEVEL: "warn",
  ...process.env,
};
const gateway = spawn(process.execPath, [program], {
  env,
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
deployPasskeys(new URL(vite.resolvedUrls.local[0]));
vite.printUrls();

/** Enables passkeys for the page, unless they are set up for its origin, or an operator is at work. */
function deployPasskeys({ hostname, origin }) {
  const config = (words, input = "") =>
    execFileSync(process.execPath, [`${root}dist/cli.js`, "config", ...words], {
      env,
      input,
      stdio: ["pipe", "pipe", "inherit"],
    });
  const providers = JSON.parse(config(["show", "--json"]));
  const passkey = providers.find(({ name }) => name === "passkey");
  if (passkey.settings.origins?.includes(origin) || providers.some(({ draftEffect }) => draftEffect)) return;
  const settings = { rpId: hostname, rpName: "Passerby example", origins: [origin] };
  config(["set", "passkey", "on", "--settings", "-"], JSON.stringify(settings));
  config(["deploy"]);
}
