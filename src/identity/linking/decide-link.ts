import type { User } from "../../entities/user.ts";
import type { IdentityOwner } from "../login/identity-owner.ts";

export type LinkDecision = "ATTACH" | "ALREADY_MINE" | "ALREADY_LINKED" | "OFFER_MERGE" | "IN_USE";

/** What a verified identity leads to, decided from facts alone. */
export function decideLink(facts: {
  caller: Pick<User, "id" | "isAnonymous">;
  /** null when no user has the identity. */
  owner: Pick<IdentityOwner, "userId"> | null;
  callerHasProvider: boolean;
  onePerUser: boolean;
}): LinkDecision {
  if (facts.owner?.userId === facts.caller.id) return "ALREADY_MINE";
  if (facts.onePerUser && facts.callerHasProvider) return "ALREADY_LINKED";
  if (!facts.owner) return "ATTACH";
  // Only an anonymous user can be merged; a ticket that could never work is not offered.
  return facts.caller.isAnonymous ? "OFFER_MERGE" : "IN_USE";
}
