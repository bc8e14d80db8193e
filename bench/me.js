import { compare } from "./harness/rounds.js";
import { startApollo } from "./subjects/apollo.js";
import { betterAuthSessions, startBetterAuth } from "./subjects/better-auth.js";
import { floorPaths, startFloor } from "./subjects/floor.js";
import { startGateway, startGatewayBefore } from "./subjects/gateway.js";
import { asksWho, logInMany } from "./subjects/graph-requests.js";

/** The number of users, used in turn. All send requests during the warm-up, so that their tokens are cached. */
const PEOPLE = 1_000;

/** @type {import("./harness/table.js").Benchmark} */
export const me = {
  name: "me",
  asks: "what does `me` cost?",
  async measure(stage) {
    const [gateway, floor, apollo] = [
      await startGateway(stage),
      await startFloor(stage),
      await startApollo(stage),
    ];
    const subjects = [
      { name: "gateway", server: gateway, scenario: asksWho(await logInMany(gateway.port, PEOPLE)) },
      {
        name: "floor",
        server: floor,
        scenario: asksWho(await logInMany(floor.port, PEOPLE, floorPaths), floorPaths),
      },
      { name: "Apollo alone", server: apollo, scenario: asksWho(await logInMany(apollo.port, PEOPLE)) },
    ];
    const ratios = [
      { of: "gateway", to: "floor", atLeast: 0.6 },
      { of: "gateway", to: "Apollo alone" },
    ];
    const before = await startGatewayBefore(stage, async (port) => asksWho(await logInMany(port, PEOPLE)));
    subjects.splice(1, 0, ...before.subjects);
    ratios.unshift(...before.ratios);
    if (stage.options.peers) {
      const server = await startBetterAuth(stage);
      const scenario = await betterAuthSessions(server.port, PEOPLE);
      subjects.push({ name: "better-auth", server, scenario });
      ratios.push({ of: "gateway", to: "better-auth", atLeast: 5 });
    }
    return compare(stage, subjects, ratios);
  },
};
