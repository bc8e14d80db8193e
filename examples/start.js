/** Starts a gateway with its own database in `data/`, and Vite. Ctrl+C stops both. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = `${root}dist/main.js`;
if (!existsSync(program) || !existsSync(`${root}packages/client/dist/index.js`)) {
  console.error("Building the gateway (first start only) …");
  execFileSync("npm", ["run", "build", "--silent"], { cwd: root, stdio: "inherit" });
}

const env = {
  PORT: "0",
  METRICS_PORT: "off",
  DRAIN_SECONDS: "0",
  INITIAL_PROVIDERS: "anon-user,local-userpass",
  ...process.env,
};
const gateway = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
createInterface(gateway.stdout).on("line", showLog);
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
deployForPage(new URL(vite.resolvedUrls.local[0]));
vite.printUrls();

/** Enables passkeys and codes by email for the page, unless they are set up for its origin, or an operator is at work. */
function deployForPage({ hostname, origin, href }) {
  const config = (words, input = "") =>
    execFileSync(process.execPath, [`${root}dist/cli.js`, "config", ...words], {
      env,
      input,
      stdio: ["pipe", "pipe", "inherit"],
    });
  const set = (name, settings) => config(["set", name, "on", "--settings", "-"], JSON.stringify(settings));
  const providers = JSON.parse(config(["show", "--json"]));
  const passkey = providers.find(({ name }) => name === "passkey");
  if (passkey.settings.origins?.includes(origin) || providers.some(({ draftEffect }) => draftEffect)) return;
  set("passkey", { rpId: hostname, rpName: "Passerby example", origins: [origin] });
  set("email-otp", { linkUrl: href });
  config(["deploy"]);
}

/** Warnings, and emails: without SMTP_URL the gateway logs them. */
function showLog(line) {
  const { level, to, subject, text } = JSON.parse(line);
  if (level >= 40) console.log(line);
  else if (text) console.log(`\nEmail to ${to}: ${subject}\n\n${text}`);
}
