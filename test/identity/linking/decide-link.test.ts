/** What a verified identity leads to, as a table: no database. */
import { describe, expect, it } from "@jest/globals";
import { decideLink, type LinkDecision } from "../../../src/identity/linking/decide-link.ts";

const owners = { none: null, caller: { userId: "caller" }, other: { userId: "other" } };

type Row = readonly [
  fact: string,
  caller: "guest" | "permanent",
  owner: keyof typeof owners,
  callerHasProvider: boolean,
  onePerUser: boolean,
  decision: LinkDecision,
];

// biome-ignore format: a table
const rows: readonly Row[] = [
  ["a guest gets a free identity",                                                     "guest",     "none",   false, false, "ATTACH"],
  ["a guest gets a free one of a provider that allows one",                            "guest",     "none",   false, true,  "ATTACH"],
  ["a guest gets a second one of a provider that allows several",                      "guest",     "none",   true,  false, "ATTACH"],
  ["a guest gets no second one of a provider that allows one",                         "guest",     "none",   true,  true,  "ALREADY_LINKED"],
  ["a permanent user gets a free identity",                                            "permanent", "none",   false, false, "ATTACH"],
  ["a permanent user gets a free one of a provider that allows one",                   "permanent", "none",   false, true,  "ATTACH"],
  ["a permanent user gets a second one of a provider that allows several",             "permanent", "none",   true,  false, "ATTACH"],
  ["a permanent user gets no second one of a provider that allows one",                "permanent", "none",   true,  true,  "ALREADY_LINKED"],
  ["a guest's own identity stays",                                                     "guest",     "caller", true,  false, "ALREADY_MINE"],
  ["a guest's own one of a provider that allows one stays, and is no error",           "guest",     "caller", true,  true,  "ALREADY_MINE"],
  ["a guest's own one that cannot sign in yet stays",                                  "guest",     "caller", false, false, "ALREADY_MINE"],
  ["a guest's own one that cannot sign in yet stays, where one is allowed",            "guest",     "caller", false, true,  "ALREADY_MINE"],
  ["a permanent user's own identity stays",                                            "permanent", "caller", true,  false, "ALREADY_MINE"],
  ["a permanent user's own one of a provider that allows one stays",                   "permanent", "caller", true,  true,  "ALREADY_MINE"],
  ["a permanent user's own one that cannot sign in yet stays",                         "permanent", "caller", false, false, "ALREADY_MINE"],
  ["a permanent user's own one that cannot sign in yet stays, where one is allowed",   "permanent", "caller", false, true,  "ALREADY_MINE"],
  ["a guest is offered a merge with the owner",                                        "guest",     "other",  false, false, "OFFER_MERGE"],
  ["a guest is offered a merge with the owner, where one is allowed",                  "guest",     "other",  false, true,  "OFFER_MERGE"],
  ["a guest with another one is offered a merge, where several are allowed",           "guest",     "other",  true,  false, "OFFER_MERGE"],
  ["a guest with another one is offered no merge, where one is allowed",               "guest",     "other",  true,  true,  "ALREADY_LINKED"],
  ["a permanent user is offered no merge",                                             "permanent", "other",  false, false, "IN_USE"],
  ["a permanent user is offered no merge, where one is allowed",                       "permanent", "other",  false, true,  "IN_USE"],
  ["a permanent user with another one is offered no merge, where several are allowed", "permanent", "other",  true,  false, "IN_USE"],
  ["a permanent user with another one does not learn whose it is, where one is allowed", "permanent", "other", true, true,  "ALREADY_LINKED"],
];

describe("a link", () => {
  it.each(rows)("%s", (_, caller, owner, callerHasProvider, onePerUser, decision) => {
    expect(
      decideLink({
        caller: { id: "caller", isAnonymous: caller === "guest" },
        owner: owners[owner],
        callerHasProvider,
        onePerUser,
      }),
    ).toBe(decision);
  });

  it("has a row for every combination of facts", () => {
    const combinations = rows.map(([, ...facts]) => JSON.stringify(facts.slice(0, 4)));
    expect(new Set(combinations).size).toBe(2 * 3 * 2 * 2);
    expect(combinations).toHaveLength(2 * 3 * 2 * 2);
  });
});
