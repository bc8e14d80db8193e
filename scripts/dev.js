/**
 * `npm run dev`: the gateway, compiled and restarted after each change, and the console's development server, which
 * sends its requests to that gateway. Ctrl+C ends all of them.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

/** How long a program may take to end before it is killed. */
const END_MS = 10_000;
const COMPILED = /Found (\d+) errors?\./;

const running = new Set();
let isEnding = false;

/** In a process group of its own: the terminal's Ctrl+C reaches this script alone, and this script ends the group. */
function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: true, ...options });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", (error) => {
    console.error(`${command}: ${error.message}`);
    void end(1);
  });
  return child;
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), END_MS);
  await exit;
  clearTimeout(timer);
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended already.
  }
}

async function end(code) {
  if (isEnding) return;
  isEnding = true;
  await Promise.all([...running].map(stop));
  process.exit(code);
}

let gateway;
let restart = Promise.resolve();

function restartGateway() {
  restart = restart.then(async () => {
    if (gateway) await stop(gateway);
    if (isEnding) return;
    const child = start(process.execPath, ["--enable-source-maps", "dist/main.js"], {
      env: { DRAIN_SECONDS: "0", ...process.env },
    });
    gateway = child;
    child.once("exit", (code) => {
      if (!isEnding && code !== null && code !== 0)
        console.error(`The gateway ended with code ${code}. It starts again after the next change.`);
    });
  });
}

function watch() {
  const compiler = start(
    "node_modules/.bin/tsc",
    ["-p", "tsconfig.build.json", "--watch", "--preserveWatchOutput"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  compiler.stdout.on("data", (chunk) => {
    process.stdout.write(chunk);
    text += chunk;
    const found = COMPILED.exec(text);
    if (!found) return;
    text = "";
    if (found[1] === "0") restartGateway();
  });
  compiler.once("exit", () => void end(1));
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => void end(0));
// GraphiQL is not worked on here: one build is enough.
if (!existsSync("graphiql/dist")) execFileSync("npm", ["run", "build:graphiql"], { stdio: "inherit" });
watch();
start("npm", ["run", "dev", "--silent", "-w", "console"]).once("exit", () => void end(1));
