import { compare } from "./harness/rounds.js";
import { floorPaths, startFloor } from "./subjects/floor.js";
import { startGateway, startGatewayBefore } from "./subjects/gateway.js";
import { refreshes } from "./subjects/graph-requests.js";

/** @type {import("./harness/table.js").Benchmark} */
export const refresh = {
  name: "refresh",
  asks: "what does a refresh cost, each client with its own rotating token?",
  async measure(stage) {
    const before = await startGatewayBefore(stage, () => refreshes());
    const result = await compare(
      stage,
      [
        { name: "gateway", server: await startGateway(stage), scenario: refreshes() },
        ...before.subjects,
        { name: "floor", server: await startFloor(stage), scenario: refreshes(floorPaths) },
      ],
      [...before.ratios, { of: "gateway", to: "floor", atLeast: 0.6 }],
    );
    const notes = stage.options.peers ? ["gateway / better-auth: n/a, it has no refresh tokens"] : [];
    return { ...result, notes };
  },
};
