/**
 * The audit events of all rules, in one table. A rule of `identity/` refers to its entry with `audited`; methods of objects
 * that operators use, such as `deployments.deploy`, are in object-rules.ts.
 */
import type { ApiKey } from "../entities/api-key.ts";
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import type { AuditAction } from "./actions.ts";
import type { Facts } from "./audit.ts";

/** The arguments are the rule's, without the services. */
export interface AuditRule<Args extends readonly unknown[], Result> {
  /** null where there is nothing to record. */
  readonly done: (result: Result, ...args: Args) => Facts | null;
  /** Absent: failures are not recorded. */
  readonly failed?: (...args: Args) => Facts;
}

interface Caller {
  readonly user: User;
  readonly session: Session;
}
interface ByCaller {
  readonly caller: Caller;
}
interface ThroughProvider {
  readonly deployed: { readonly provider: { readonly name: string } };
}
type OwnedKey = ApiKey & { readonly identity: Identity };

const providerOf = ({ deployed }: ThroughProvider): string => deployed.provider.name;
const ofUser = (action: AuditAction, { user }: Caller): Facts => ({ action, userId: user.id });

const keyFacts = (action: AuditAction, { id, name, identity }: OwnedKey): Facts => ({
  action,
  userId: identity.userId,
  provider: identity.provider,
  target: id,
  detail: { name },
});
const switched = (disabled: boolean, off: AuditAction, on: AuditAction): AuditAction => (disabled ? off : on);

type Login = ThroughProvider & { readonly account?: string | null };

export const auditRules = {
  importUsers: {
    done: (outcomes: readonly unknown[]) => {
      const users = outcomes.filter((outcome) => outcome === "IMPORTED").length;
      return users > 0 ? { action: "USERS_IMPORTED", detail: { users } } : null;
    },
  },
  login: {
    done: ({ user, session }: Caller, request: Login) => ({
      action: "LOGGED_IN",
      userId: user.id,
      provider: providerOf(request),
      target: session.id,
      // A user that this login created has the same time.
      detail: { isNew: +user.createdAt === +session.createdAt },
    }),
    failed: (request: Login) => ({
      action: "LOGGED_IN",
      provider: providerOf(request),
      account: request.account ?? null,
    }),
  },
  /** Not recorded: the user and session rows have the same facts, and an event would cost a row per visitor. */
  anonymousLogin: {
    done: () => null,
    failed: (request: ThroughProvider) => ({ action: "LOGGED_IN", provider: providerOf(request) }),
  },
  reuse: {
    done: (ended: number, caller: Caller) =>
      ended === 0
        ? null
        : {
            ...ofUser("SESSION_REUSED", caller),
            provider: caller.session.provider,
            target: caller.session.id,
          },
  },
  link: {
    done: (
      {
        linked,
        conflict,
        promotion,
      }: {
        readonly linked: unknown;
        readonly conflict: { readonly provider: string } | null;
        readonly promotion: { readonly sessionsEnded: number } | null;
      },
      request: ByCaller & ThroughProvider,
    ) => ({
      ...ofUser(linked ? "IDENTITY_LINKED" : "MERGE_OFFERED", request.caller),
      provider: conflict?.provider ?? providerOf(request),
      ...(linked ? { detail: { wasAnonymous: promotion !== null, ...promotion } } : {}),
    }),
    failed: (request: ByCaller & ThroughProvider) => ({
      ...ofUser("IDENTITY_LINKED", request.caller),
      provider: providerOf(request),
    }),
  },
  merge: {
    done: ({ user }: Caller, request: ByCaller & ThroughProvider) => ({
      action: "USER_MERGED",
      userId: user.id,
      provider: providerOf(request),
      target: request.caller.user.id,
    }),
    failed: (request: ByCaller & ThroughProvider) => ({
      ...ofUser("USER_MERGED", request.caller),
      provider: providerOf(request),
    }),
  },
  unlink: {
    done: (_: unknown, { caller, identityId }: ByCaller & { readonly identityId: string }) => ({
      ...ofUser("IDENTITY_UNLINKED", caller),
      target: identityId,
    }),
    failed: ({ caller, identityId }: ByCaller & { readonly identityId: string }) => ({
      ...ofUser("IDENTITY_UNLINKED", caller),
      target: identityId,
    }),
  },
  logout: {
    done: (sessionsEnded: number, caller: Caller, scope: string) => ({
      ...ofUser("LOGGED_OUT", caller),
      provider: caller.session.provider,
      detail: { scope, sessionsEnded },
    }),
  },
  endSession: {
    done: (_: unknown, caller: Caller, sessionId: string) => ({
      ...ofUser("LOGGED_OUT", caller),
      target: sessionId,
      detail: { scope: "ONE", sessionsEnded: 1 },
    }),
  },
  deleteCaller: { done: (_: unknown, caller: Caller) => ofUser("USER_DELETED", caller) },
  register: {
    done: (_: unknown, request: ThroughProvider) => ({ action: "REGISTERED", provider: providerOf(request) }),
    failed: (request: ThroughProvider) => ({ action: "REGISTERED", provider: providerOf(request) }),
  },
  confirmEmail: {
    done: (email: string) => ({ action: "EMAIL_CONFIRMED", account: email }),
    failed: () => ({ action: "EMAIL_CONFIRMED" }),
  },
  changePassword: {
    done: (sessionsEnded: number, request: ByCaller & ThroughProvider) => ({
      ...ofUser("PASSWORD_CHANGED", request.caller),
      provider: providerOf(request),
      detail: { sessionsEnded },
    }),
    failed: (request: ByCaller & ThroughProvider) => ({
      ...ofUser("PASSWORD_CHANGED", request.caller),
      provider: providerOf(request),
    }),
  },
  resetPassword: {
    done: (
      { email, methodsRemoved }: { readonly email: string; readonly methodsRemoved: number },
      request: ThroughProvider,
    ) => ({
      action: "PASSWORD_RESET",
      provider: providerOf(request),
      account: email,
      ...(methodsRemoved > 0 && { detail: { methodsRemoved } }),
    }),
    failed: (request: ThroughProvider) => ({ action: "PASSWORD_RESET", provider: providerOf(request) }),
  },
  createApiKey: { done: ({ apiKey }: { readonly apiKey: OwnedKey }) => keyFacts("API_KEY_CREATED", apiKey) },
  setApiKeyDisabled: {
    done: (apiKey: OwnedKey, { disabled }: { readonly disabled: boolean }) =>
      keyFacts(switched(disabled, "API_KEY_DISABLED", "API_KEY_ENABLED"), apiKey),
  },
  deleteApiKey: {
    done: (_: unknown, { caller, id }: ByCaller & { readonly id: string }) => ({
      ...ofUser("API_KEY_DELETED", caller),
      target: id,
    }),
  },
  setUserDisabled: {
    done: ({ id }: User, _: string, disabled: boolean) => ({
      action: switched(disabled, "USER_DISABLED", "USER_ENABLED"),
      userId: id,
    }),
    failed: (userId: string, disabled: boolean) => ({
      action: switched(disabled, "USER_DISABLED", "USER_ENABLED"),
      userId,
    }),
  },
  deleteUser: {
    done: (userId: string) => ({ action: "USER_DELETED", userId }),
    failed: (userId: string) => ({ action: "USER_DELETED", userId }),
  },
  revokeSessions: {
    done: (sessionsEnded: number, userId: string) => ({
      action: "SESSIONS_REVOKED",
      userId,
      detail: { sessionsEnded },
    }),
  },
  revokeSession: {
    done: (ended: { readonly userId: string } | null, sessionId: string) =>
      ended && {
        action: "SESSIONS_REVOKED",
        userId: ended.userId,
        target: sessionId,
        detail: { sessionsEnded: 1 },
      },
  },
  expire: {
    done: ({ dryRun, users, createdUntil }: { dryRun: boolean; users: number; createdUntil: Date }) =>
      dryRun || users === 0 ? null : { action: "USERS_EXPIRED", detail: { users, createdUntil } },
  },
  createServerApiKey: {
    done: ({ apiKey }: { readonly apiKey: OwnedKey }) => keyFacts("SERVER_KEY_CREATED", apiKey),
    failed: () => ({ action: "SERVER_KEY_CREATED" }),
  },
  setServerApiKeyDisabled: {
    done: (apiKey: OwnedKey, { disabled }: { readonly id: string; readonly disabled: boolean }) =>
      keyFacts(switched(disabled, "SERVER_KEY_DISABLED", "SERVER_KEY_ENABLED"), apiKey),
    failed: ({ id, disabled }: { readonly id: string; readonly disabled: boolean }) => ({
      action: switched(disabled, "SERVER_KEY_DISABLED", "SERVER_KEY_ENABLED"),
      target: id,
    }),
  },
  deleteServerApiKey: {
    done: (_: unknown, id: string) => ({ action: "SERVER_KEY_DELETED", target: id }),
    failed: (id: string) => ({ action: "SERVER_KEY_DELETED", target: id }),
  },
  // biome-ignore lint/suspicious/noExplicitAny: each entry has arguments of its own, checked where it is used
} as const satisfies Record<string, AuditRule<any[], any>>;
