/** What does a rotation of the refresh token cost above what it must cost? */
import { compare } from "./support/rounds.js";

export const question = "how many refreshed sessions a second, each connection going on with its own token?";

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  return compare(
    [
      { name: "gateway", server: await servers.gateway(), scenario: "refresh" },
      { name: "floor", server: await servers.floor(), scenario: "refresh" },
    ],
    options,
  );
}
