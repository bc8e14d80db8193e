/** Watches `/livez` from a process of its own, so that what this process does does not count as the gateway's silence. */
import { spawn } from "node:child_process";

const script = `
const http = require("node:http");
// A look must not wait for a processor behind the strangers, who have machines of their own.
try { require("node:os").setPriority(-10); } catch {}
const agent = new http.Agent({ keepAlive: false });
let slowest = 0, failures = 0, looks = 0;
const look = () => {
  const start = performance.now();
  const done = (ok) => {
    looks++;
    if (!ok) failures++;
    slowest = Math.max(slowest, performance.now() - start);
    setTimeout(look, 100);
  };
  const request = http.get(process.argv[1] + "/livez", { agent, timeout: 10000 }, (response) => {
    response.resume();
    response.on("end", () => done(response.statusCode === 200));
  });
  request.on("timeout", () => request.destroy(new Error("timeout")));
  request.on("error", () => done(false));
};
process.on("SIGTERM", () => { console.log(JSON.stringify({ slowestMs: Math.round(slowest), failures, looks })); process.exit(); });
look();`;

export interface Liveness {
  readonly slowestMs: number;
  readonly failures: number;
  readonly looks: number;
}

/** @returns what ends the watch and tells what it saw */
export function watchLiveness(url: string): () => Promise<Liveness> {
  const child = spawn(process.execPath, ["-e", script, url], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text;
  });
  return async () => {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
    return JSON.parse(said) as Liveness;
  };
}
