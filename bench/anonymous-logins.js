/** What does an anonymous login cost above what it must cost? */
import { compare } from "./support/rounds.js";

export const question = "how many anonymous logins a second, each on the disk before it is answered?";

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  const sides = [
    { name: "gateway", server: await servers.gateway(), scenario: "login" },
    { name: "floor", server: await servers.floor(), scenario: "login" },
    { name: "Apollo alone", server: await servers.apollo(), scenario: "login" },
  ];
  if (options.peers) {
    sides.push({ name: "better-auth", server: await servers.betterAuth(), scenario: "better-auth-login" });
  }
  return compare(sides, options, { floor: { atLeast: 0.6 }, "better-auth": { atLeast: 5 } });
}
