/** Formats users. */
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { table } from "./run.ts";
import { formatTime } from "./times.ts";

const kindOf = (user: User): string => (user.isAnonymous ? "anonymous" : "permanent");

export function userTable(users: readonly User[], identities: readonly Identity[]): string[] {
  const showsDisabled = users.some((user) => user.disabledAt !== null);
  const head = ["ID", "KIND", "EMAIL", "CREATED", "LAST LOGIN"];
  return table(
    showsDisabled ? [...head, "DISABLED"] : head,
    users.map((user) => [
      user.id,
      kindOf(user),
      identities.find(({ userId, email }) => userId === user.id && email !== null)?.email,
      formatTime(user.createdAt),
      formatTime(user.lastLoginAt),
      ...(showsDisabled ? [formatTime(user.disabledAt)] : []),
    ]),
  );
}

export function userLines({
  user,
  expiresAt,
  identities,
  sessions,
}: {
  user: User;
  expiresAt: Date | null;
  identities: readonly Identity[];
  sessions: readonly Session[];
}): string[] {
  const facts: [string, string][] = [
    ...identities.flatMap(({ email, emailVerified }): [string, string][] =>
      email === null ? [] : [["Email", emailVerified ? email : `${email} (not confirmed)`]],
    ),
    ["User", user.id],
    ["Kind", kindOf(user)],
    ["Created", formatTime(user.createdAt)],
    ["Last login", formatTime(user.lastLoginAt)],
  ];
  if (user.disabledAt) facts.push(["Disabled", formatTime(user.disabledAt)]);
  if (expiresAt) facts.push(["Expires", formatTime(expiresAt)]);
  if (user.profile) facts.push(["Profile", JSON.stringify(user.profile)]);
  return [
    ...facts.map(([name, value]) => `${name.padEnd(12)}${value}`),
    "",
    ...(identities.length === 0
      ? ["No identities."]
      : table(
          ["PROVIDER", "SUBJECT", "LINKED", "LAST USED"],
          identities.map((each) => [
            each.provider,
            each.subject,
            formatTime(each.createdAt),
            formatTime(each.lastUsedAt),
          ]),
        )),
    "",
    ...(sessions.length === 0
      ? ["No active sessions."]
      : table(
          ["SESSION", "PROVIDER", "STARTED", "LAST SEEN"],
          sessions.map((each) => [
            each.id,
            each.provider,
            formatTime(each.createdAt),
            formatTime(each.lastSeenAt),
          ]),
        )),
  ];
}
