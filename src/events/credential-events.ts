/** What happens to the credentials of users: passwords, confirmed emails and API keys. */
import type { ApiKey } from "../entities/api-key.ts";
import type { Identity } from "../entities/identity.ts";
import type { User } from "../entities/user.ts";
import { created, type Departure, departed, updated } from "./domain-events.ts";
import type { DomainEvent } from "./record-events.ts";

/** Registered credentials become a user at the first login. */
export const registered = (provider: string): DomainEvent => ({ audit: { action: "REGISTERED", provider } });

/** @param user whose email it is; null when none logged in with it yet */
export const emailConfirmed = (user: User | null): DomainEvent => ({
  audit: { action: "EMAIL_CONFIRMED", userId: user?.id ?? null },
  published: user ? updated(user, ["email"]) : [],
});

export const passwordChanged = (
  { user }: { readonly user: User },
  { provider, sessionsEnded }: { provider: string; sessionsEnded: number },
): DomainEvent => ({
  audit: { action: "PASSWORD_CHANGED", userId: user.id, provider, detail: { sessionsEnded } },
});

/** @param reset.methodsRemoved sign-in methods that are older than the confirmation of the email */
export const passwordReset = (reset: {
  userId: string | null;
  provider: string;
  methodsRemoved: number;
}): DomainEvent => ({
  audit: {
    action: "PASSWORD_RESET",
    userId: reset.userId,
    provider: reset.provider,
    ...(reset.methodsRemoved > 0 && { detail: { methodsRemoved: reset.methodsRemoved } }),
  },
});

type OwnedKey = Pick<ApiKey, "id" | "name"> & { readonly identity: Pick<Identity, "userId" | "provider"> };
type KeyAction = "CREATED" | "ENABLED" | "DISABLED" | "DELETED";

const keyEvent = (
  owner: "API" | "SERVER",
  action: KeyAction,
  { id, name, identity }: OwnedKey,
): DomainEvent => ({
  audit: {
    action: `${owner}_KEY_${action}`,
    userId: identity.userId,
    provider: identity.provider,
    target: id,
    detail: { name },
  },
});

export const apiKeyChanged = (action: KeyAction, key: OwnedKey): DomainEvent => keyEvent("API", action, key);

export const serverKeyChanged = (action: "ENABLED" | "DISABLED", key: OwnedKey): DomainEvent =>
  keyEvent("SERVER", action, key);

/** A server's key has a user of its own, which is created and deleted with it. */
export const serverKeyCreated = (user: User, key: OwnedKey): DomainEvent => ({
  ...keyEvent("SERVER", "CREATED", key),
  published: [created(user, key.identity.provider)],
});

export const serverKeyDeleted = (user: Departure, key: OwnedKey): DomainEvent => ({
  ...keyEvent("SERVER", "DELETED", key),
  published: [departed("user.deleted", user)],
});
