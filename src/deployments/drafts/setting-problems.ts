/** Validation errors of provider settings, as clauses that an operator can act on. */
import type { z } from "zod";
import { PasserbyError } from "../../errors.ts";

export interface SettingProblem {
  readonly provider: string;
  /** "" where the problem is about the settings as a whole. */
  readonly field: string;
  readonly message: string;
}

/** BAD_USER_INPUT with `problems`: those of one provider, or of several that are saved at once. */
export class ProviderSettingsError extends PasserbyError {
  constructor(readonly problems: readonly SettingProblem[]) {
    super("BAD_USER_INPUT", {
      message: [...byProvider(problems)]
        .map(([provider, clauses]) => `${headingOf(provider)} ${clauses.join("; ")}.`)
        .join(" "),
      details: { problems },
    });
  }

  /** One problem a line. */
  lines(): string[] {
    return [...byProvider(this.problems)].flatMap(([provider, clauses]) => [
      headingOf(provider),
      ...clauses.map((clause) => `  - ${clause}`),
    ]);
  }
}

const headingOf = (provider: string): string => `The settings of ${provider} are not valid:`;

function byProvider(problems: readonly SettingProblem[]): Map<string, string[]> {
  const clauses = new Map<string, string[]>();
  for (const { provider, message } of problems) {
    clauses.set(provider, [...(clauses.get(provider) ?? []), message]);
  }
  return clauses;
}

/** @param about.names the settings that the provider has */
export const describeIssues = (
  issues: readonly z.core.$ZodIssue[],
  { provider, given, names }: { provider: string; given: unknown; names: readonly string[] },
): SettingProblem[] =>
  issues.map((issue) => ({
    provider,
    field: issue.path.join("."),
    message: clauseOf(issue, given, names),
  }));

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "an object",
  object: "an object",
};

const list = (values: readonly unknown[], word: string): string => {
  const all = values.map(String);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} ${word} ${all.at(-1)}`;
};

function clauseOf(issue: z.core.$ZodIssue, given: unknown, names: readonly string[]): string {
  const field = issue.path.join(".") || "settings";
  if (issue.code === "unrecognized_keys") {
    const unknown = list(
      issue.keys.map((key) => JSON.stringify(key)),
      "and",
    );
    const there = names.length > 0 ? `there are ${list(names, "and")}` : "there are none";
    return `${unknown} ${issue.keys.length === 1 ? "is no setting" : "are no settings"}; ${there}`;
  }
  if (issue.code === "custom") return `${field}: ${issue.message.replace(/\.$/, "")}`;
  if (valueAt(given, issue.path) === undefined) return `${field} is missing`;
  switch (issue.code) {
    case "invalid_type":
      return `${field} needs ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `${field} needs ${list(issue.values, "or")}`;
    case "too_small":
      return `${field} ${boundOf(issue.origin, issue.minimum, "more")}`;
    case "too_big":
      return `${field} ${boundOf(issue.origin, issue.maximum, "fewer")}`;
    case "invalid_format":
      return issue.format === "url" ? `${field} needs an address such as https://example.com` : other(issue);
    default:
      return other(issue);
  }
}

const other = (issue: z.core.$ZodIssue): string => `${issue.path.join(".")}: ${issue.message}`;

function boundOf(origin: string, bound: number | bigint, side: "more" | "fewer"): string {
  if (side === "more" && bound === 1 && origin === "string") return "must not be empty";
  if (side === "more" && bound === 1 && origin === "array") return "needs one or more";
  if (origin === "string") return `needs ${bound} characters or ${side}`;
  if (origin === "array") return `needs ${bound} or ${side}`;
  return `is a number of ${bound} or ${side === "more" ? "more" : "less"}`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], given);
}
