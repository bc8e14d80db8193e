import { compare } from "./harness/rounds.js";
import { seedAnonymousUsers } from "./harness/seed.js";
import { createDatabase, startGateway } from "./subjects/gateway.js";
import { logins } from "./subjects/graph-requests.js";

const USERS = 1_000_000;

/** @type {import("./harness/table.js").Benchmark} */
export const bigTable = {
  name: "big-table",
  asks: "are anonymous logins slower with a million users in the tables?",
  async measure(stage) {
    const file = await createDatabase(stage);
    seedAnonymousUsers(file, USERS);
    return compare(
      stage,
      [
        {
          name: "a million users",
          server: await startGateway(stage, { databaseUrl: `sqlite:${file}` }),
          scenario: logins(),
        },
        { name: "empty tables", server: await startGateway(stage), scenario: logins() },
      ],
      [{ of: "a million users", to: "empty tables", atLeast: 0.9 }],
    );
  },
};
