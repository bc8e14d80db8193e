/** Error messages of the command line. Those of the graphs name mutations; these name commands. */
import { ProviderSettingsError } from "../deployments/drafts/setting-problems.ts";
import { type ErrorCode, PasserbyError } from "../errors.ts";
import { SettingsError } from "../settings/settings.ts";
import { explainFailure } from "../start/start-failures.ts";
import { NotConfirmedError } from "./confirm.ts";

/** The name of the command, and its first argument. */
export interface Typed {
  readonly command: string;
  readonly subject: string;
}

const sentences: Partial<Record<ErrorCode, (typed: Typed, error: PasserbyError) => string>> = {
  // Only `api-key create` and `users send-resets` require an enabled provider.
  PROVIDER_DISABLED: ({ command }) =>
    command === "send-resets"
      ? "The provider local-userpass is disabled, so users could not log in with a password. Enable it first: passerby config set local-userpass on && passerby config review && passerby config deploy"
      : "The provider api-key is disabled, so the key could not log in. Enable it first: passerby config set api-key on && passerby config review && passerby config deploy",
  PROVIDER_NOT_FOUND: ({ command, subject }) =>
    `There is no provider ${subject}. \`passerby config show\` lists them${command === "set" ? "; add a new one with --type, such as --type oidc" : ""}.`,
  USER_NOT_FOUND: ({ subject }) => `There is no user ${subject}. \`passerby users find\` lists users.`,
  API_KEY_NOT_FOUND: ({ subject }) =>
    `There is no server API key ${subject}. \`passerby api-key list\` lists them.`,
  WEBHOOK_ENDPOINT_NOT_FOUND: () =>
    "There is no webhook endpoint with that id. `passerby webhooks list` lists them.",
  WEBHOOK_DELIVERY_NOT_FOUND: ({ subject }) =>
    `There is no delivery ${subject}. \`passerby webhooks deliveries\` lists them.`,
  API_KEY_LIMIT_REACHED: () =>
    "The maximum number of server API keys is reached. Delete one that is not in use: passerby api-key delete <id>",
  NOTHING_TO_DEPLOY: ({ command, subject }) =>
    command === "redeploy"
      ? `Version ${subject} is the same as the live version. Nothing was deployed.`
      : `${command === "rebase" ? "There is no draft to rebase" : "There is nothing to deploy"}. Start a draft with: passerby config set <provider> <on|off>`,
  DRAFT_CONFLICT: ({ command }, { message, details }) => {
    if (details.provider !== undefined) return `${message} \`passerby config show --json\` shows both.`;
    if (details.draftUpdatedBy !== undefined) {
      return `${details.draftUpdatedBy} changed the draft after it was read. Review it again: passerby config review`;
    }
    if (details.liveVersion === undefined) return `${message} \`passerby config show\` lists it.`;
    return command === "redeploy"
      ? `Version ${details.liveVersion} went live after the review. Nothing was deployed. Run the command again.`
      : "Another deployment went live after this draft was started. Rebase the draft: passerby config rebase. Or discard it: passerby config discard";
  },
};

interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly problems?: unknown;
}

function describeError(error: unknown, typed: Typed): ReportedError {
  if (!(error instanceof PasserbyError)) {
    const message = explainFailure(error);
    if (error instanceof NotConfirmedError) {
      const { message, dangers } = error;
      return { code: "NOT_CONFIRMED", message, ...(dangers.length > 0 && { problems: dangers }) };
    }
    return error instanceof SettingsError
      ? { code: "BAD_SETTINGS", message, problems: error.problems }
      : { code: "FAILED", message };
  }
  if (error instanceof ProviderSettingsError) {
    return { code: error.code, message: error.lines().join("\n"), problems: error.problems };
  }
  const { code, details } = error;
  const message = sentences[code]?.(typed, error) ?? explainFailure(error);
  return { code, message, ...(details.problems !== undefined && { problems: details.problems }) };
}

/** For standard error: with `--json` one JSON document, otherwise sentences. */
export function formatError(error: unknown, typed: Typed & { json: boolean }): string {
  const reported = describeError(error, typed);
  return typed.json ? JSON.stringify(reported, null, 2) : reported.message;
}
