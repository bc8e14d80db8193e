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

const units: Partial<Record<string, string>> = { string: "characters", array: "items" };

/** Messages in place of zod's: for missing settings, for names that the provider does not have, and for sizes. */
export const settingErrors =
  (names: readonly string[]): z.core.$ZodErrorMap =>
  (issue) => {
    if (issue.code === "unrecognized_keys") {
      const unknown = issue.keys.map((key) => JSON.stringify(key)).join(", ");
      return `Unknown setting: ${unknown}. Known settings: ${names.join(", ") || "none"}`;
    }
    if (issue.code === "too_small") return sizeMessage("least", issue.minimum, units[issue.origin]);
    if (issue.code === "too_big") return sizeMessage("most", issue.maximum, units[issue.origin]);
    return issue.input === undefined ? "Required" : undefined;
  };

function sizeMessage(bound: "least" | "most", size: number | bigint, unit: string | undefined): string {
  if (unit === undefined) return `Must be at ${bound} ${size}`;
  return bound === "least" && size === 1 ? "Must not be empty" : `Must have at ${bound} ${size} ${unit}`;
}

export const describeIssues = (issues: readonly z.core.$ZodIssue[], provider: string): SettingProblem[] =>
  issues.map(({ path, message }) => {
    const field = path.join(".");
    return { provider, field, message: [field, message.replace(/\.$/, "")].filter(Boolean).join(": ") };
  });
