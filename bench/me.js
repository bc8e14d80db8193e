/** What does it cost to look the caller up in the database on every request? */
import { compare } from "./support/rounds.js";

export const question = "how many `me` a second, where a logout must count at once?";

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  const sides = [
    { name: "gateway", server: await servers.gateway(), scenario: "me" },
    { name: "floor", server: await servers.floor(), scenario: "me" },
    { name: "Apollo alone", server: await servers.apollo(), scenario: "me" },
  ];
  if (options.peers) {
    sides.push({ name: "better-auth", server: await servers.betterAuth(), scenario: "better-auth-session" });
  }
  return compare(sides, options);
}
