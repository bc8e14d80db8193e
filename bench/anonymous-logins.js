import { compare } from "./harness/rounds.js";
import { startApollo } from "./subjects/apollo.js";
import { betterAuthLogins, startBetterAuth } from "./subjects/better-auth.js";
import { floorPaths, startFloor } from "./subjects/floor.js";
import { startGateway, startGatewayBefore } from "./subjects/gateway.js";
import { logins } from "./subjects/graph-requests.js";

/** @type {import("./harness/table.js").Benchmark} */
export const anonymousLogins = {
  name: "anonymous-logins",
  asks: "what does an anonymous login cost, compared with the minimum?",
  async measure(stage) {
    const subjects = [
      { name: "gateway", server: await startGateway(stage), scenario: logins() },
      { name: "floor", server: await startFloor(stage), scenario: logins(floorPaths) },
      { name: "Apollo alone", server: await startApollo(stage), scenario: logins() },
    ];
    const ratios = [
      { of: "gateway", to: "floor", atLeast: 0.6 },
      { of: "gateway", to: "Apollo alone" },
    ];
    const before = await startGatewayBefore(stage, () => logins());
    subjects.splice(1, 0, ...before.subjects);
    ratios.unshift(...before.ratios);
    if (stage.options.peers) {
      subjects.push({
        name: "better-auth",
        server: await startBetterAuth(stage),
        scenario: betterAuthLogins,
      });
      ratios.push({ of: "gateway", to: "better-auth", atLeast: 5 });
    }
    return compare(stage, subjects, ratios);
  },
};
