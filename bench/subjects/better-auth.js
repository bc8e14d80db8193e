/** better-auth, the most used self-hosted server with anonymous users. Installed with `--peers`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeRequest } from "../harness/connection.js";

const peers = fileURLToPath(new URL("../peers/", import.meta.url));
const SIGN_IN = "/api/auth/sign-in/anonymous";
const GET_SESSION = "/api/auth/get-session";

/** @throws Error when npm cannot install them */
export function installPeers() {
  if (existsSync(join(peers, "node_modules/.package-lock.json"))) return;
  console.error("Installing the peers: npm ci, in bench/peers …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: peers,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci in bench/peers failed.");
}

export const startBetterAuth = (/** @type {import("../harness/stage.js").Stage} */ stage) =>
  stage.startServer(join(peers, "better-auth-server.js"), {
    DATABASE_FILE: join(stage.subfolder("better-auth"), "auth.sqlite"),
  });

/** @type {import("../harness/load.js").Repeat} */
export const betterAuthLogins = {
  kind: "repeat",
  requests: [writeRequest({ path: SIGN_IN, body: {} })],
  expect: '"token":"',
};

/** Its sessions are identified by a cookie. @returns {Promise<import("../harness/load.js").Repeat>} */
export async function betterAuthSessions(/** @type {number} */ port, /** @type {number} */ count) {
  const requests = [];
  for (let index = 0; index < count; index++) {
    const response = await fetch(`http://127.0.0.1:${port}${SIGN_IN}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    if (!response.ok) throw new Error(`better-auth rejected a login: ${await response.text()}`);
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    requests.push(writeRequest({ method: "GET", path: GET_SESSION, headers: { cookie } }));
  }
  return { kind: "repeat", requests, expect: '"isAnonymous":true' };
}
