/** What a refusal reads like on a command line: our sentences for graphs name fields that are not there. */
import { ProviderSettingsError } from "../deployments/drafts/setting-problems.ts";
import { type ErrorCode, PasserbyError } from "../errors.ts";
import { SettingsError } from "../settings/settings.ts";
import { explainFailure } from "../start/start-failures.ts";
import { NotConfirmedError } from "./confirm-deployment.ts";

/** What was typed: the command's own word, and its first argument. */
export interface Typed {
  readonly command: string;
  readonly subject: string;
}

const sentences: Partial<Record<ErrorCode, (typed: Typed, error: PasserbyError) => string>> = {
  // Only a key that is being made asks for a provider that is on.
  PROVIDER_DISABLED: () =>
    "The provider api-key is off, so the key could not log in. Switch it on: passerby config set api-key on && passerby config review && passerby config deploy",
  PROVIDER_NOT_FOUND: ({ command, subject }) =>
    `There is no provider ${subject}. passerby config show lists them${command === "set" ? "; to add one of your own give --type oidc" : ""}.`,
  USER_NOT_FOUND: ({ subject }) => `There is no user ${subject}. passerby users find shows them.`,
  API_KEY_NOT_FOUND: ({ subject }) => `There is no server key ${subject}. passerby api-key list shows them.`,
  API_KEY_LIMIT_REACHED: () =>
    "There are as many server keys as there may be. Delete one that is no longer used: passerby api-key delete <id>",
  NOTHING_TO_DEPLOY: ({ command, subject }) =>
    command === "redeploy"
      ? `Version ${subject} is equal to what is live.`
      : "There is nothing to deploy. Begin with: passerby config set <provider> <on|off>",
  DRAFT_CONFLICT: ({ command }, { message, details }) => {
    if (details.provider !== undefined) return `${message} passerby config show --json has both.`;
    if (details.draftUpdatedBy !== undefined) {
      return `The draft was changed by ${details.draftUpdatedBy} after it was read. Review it again: passerby config review`;
    }
    if (details.liveVersion === undefined) return `${message} passerby config show lists it.`;
    return command === "redeploy"
      ? `Version ${details.liveVersion} went live after this was reviewed. Nothing was deployed. Run it again.`
      : "Another deployment went live after this draft was begun. Put its changes on top with: passerby config rebase. Or drop them: passerby config discard";
  },
};

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly problems?: unknown;
}

function describeRefusal(error: unknown, typed: Typed): Refusal {
  if (!(error instanceof PasserbyError)) {
    const message = explainFailure(error);
    if (error instanceof NotConfirmedError) {
      return { code: "NOT_CONFIRMED", message: error.message, problems: error.dangers };
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

/** For standard error: one JSON document for programs, or sentences for people. */
export function formatRefusal(error: unknown, typed: Typed & { json: boolean }): string {
  const refusal = describeRefusal(error, typed);
  return typed.json ? JSON.stringify(refusal, null, 2) : refusal.message;
}
