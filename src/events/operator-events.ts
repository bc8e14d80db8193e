/** What operators do: domain events that leave an audit event alone. */
import type { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import type { DomainEvent } from "./record-events.ts";

interface Changed {
  readonly changes: readonly { readonly provider: string; readonly field: string }[];
}
interface Deployed extends Changed {
  readonly version: number;
  readonly note: string | null;
}

const changed = ({ changes }: Changed): Record<string, unknown> => ({
  changes: changes.map(({ provider, field }) => `${provider}: ${field}`),
});

/** @param provider given when it was removed from the draft */
export const draftSaved = (draft: Changed, provider: string | null = null): DomainEvent => ({
  audit: { action: "DRAFT_SAVED", provider, detail: changed(draft) },
});

export const draftDiscarded = (): DomainEvent => ({ audit: { action: "DRAFT_DISCARDED" } });

export const deployed = (record: Deployed): DomainEvent => ({
  audit: { action: "DEPLOYED", target: record.version, detail: { note: record.note, ...changed(record) } },
});

/** @param from the version that was deployed again */
export const redeployed = (record: Deployed, from: number): DomainEvent => ({
  audit: { action: "REDEPLOYED", target: record.version, detail: { from, ...changed(record) } },
});

export const adminKeyCreated = ({ id, name }: { id: string; name: string }): DomainEvent => ({
  audit: { action: "ADMIN_KEY_CREATED", target: id, detail: { name } },
});

export const adminKeyRevoked = (id: string): DomainEvent => ({
  audit: { action: "ADMIN_KEY_REVOKED", target: id },
});

export const consoleSignedIn = (): DomainEvent => ({ audit: { action: "CONSOLE_SIGNED_IN" } });

export const consoleSignedOut = (): DomainEvent => ({ audit: { action: "CONSOLE_SIGNED_OUT" } });

export const signingKeyRotated = (kid: string): DomainEvent => ({
  audit: { action: "SIGNING_KEY_ROTATED", target: kid },
});

type Endpoint = Pick<
  WebhookEndpoint,
  "id" | "url" | "types" | "requiresReceipt" | "description" | "disabledAt"
>;

/** Where it is, without the path, which may hold a secret. */
const originOf = (url: string): string => new URL(url).origin;

export const webhookEndpointCreated = ({ id, url, types, requiresReceipt }: Endpoint): DomainEvent => ({
  audit: {
    action: "WEBHOOK_ENDPOINT_CREATED",
    target: id,
    detail: { origin: originOf(url), types, requiresReceipt },
  },
});

export const webhookEndpointUpdated = (before: Endpoint, after: Endpoint): DomainEvent => {
  const names = ["url", "types", "requiresReceipt", "description", "disabledAt"] as const;
  const changes = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return {
    audit: {
      action: "WEBHOOK_ENDPOINT_UPDATED",
      target: after.id,
      detail: {
        changes: changes.map((name) => (name === "disabledAt" ? "disabled" : name)),
        origin: originOf(after.url),
        isDisabled: after.disabledAt !== null,
      },
    },
  };
};

export const webhookEndpointDeleted = ({ id, url }: Pick<Endpoint, "id" | "url">): DomainEvent => ({
  audit: { action: "WEBHOOK_ENDPOINT_DELETED", target: id, detail: { origin: originOf(url) } },
});

export const webhookSecretRotated = (id: string): DomainEvent => ({
  audit: { action: "WEBHOOK_SECRET_ROTATED", target: id },
});
