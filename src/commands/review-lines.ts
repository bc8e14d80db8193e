/** Formats a review. */
import type { Danger } from "../deployments/review/dangers.ts";
import type { ProviderImpact } from "../deployments/review/impact.ts";
import type { Review } from "../deployments/review/review.ts";
import { changeLines } from "./changes.ts";
import { table } from "./run.ts";

const countOf = (users: number): string => (users === 1 ? "1 user" : `${users.toLocaleString("en")} users`);

/** Without the full stop. */
export function dangerSentence({ provider, reason, users }: Danger): string {
  const lost = `${countOf(users)} would lose access`;
  if (reason === "USERS_LOSING_ACCESS") return `${lost} without ${provider}`;
  return users === 0 ? `${provider} would be removed` : `${provider} would be removed, and ${lost}`;
}

const impactTable = (impact: readonly ProviderImpact[]): string[] =>
  table(
    ["PROVIDER", "IDENTITIES", "USERS LOSING ACCESS", "ACTIVE SESSIONS"],
    impact.map((each) => [each.provider, each.identities, each.usersLosingAccess, each.activeSessions]),
  );

export const reviewLines = ({ baseVersion, changes, impact, dangers }: Review): string[] => [
  `Changes to version ${baseVersion}:`,
  ...changeLines(changes),
  "",
  ...impactTable(impact),
  ...dangers.flatMap((danger) => ["", `${dangerSentence(danger)}.`]),
  ...dangers
    .filter(({ users }) => users > 0)
    .map(({ provider }) => `List its users with: passerby users find --provider ${provider}`),
];
