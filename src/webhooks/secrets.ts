/** Signing secrets of endpoints: 32 random bytes as `whsec_` and base64, encrypted in the database. */
import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Encryption } from "../encryption.ts";
import type { WebhookEndpoint } from "../entities/webhook-endpoint.ts";

/** How long deliveries are signed with the former secret too. */
export const OVERLAP_HOURS = 24;

type Secrets = Pick<
  WebhookEndpoint,
  "id" | "secretEncrypted" | "previousSecretEncrypted" | "previousSecretUntil"
>;

export interface WebhookSecrets {
  /** @returns the secret, to be shown once, and what is stored */
  create(endpointId: string): { secret: string; secretEncrypted: string };
  /**
   * The header `webhook-signature`: one signature for each secret that is valid.
   * @throws Error when a secret was encrypted with another master key
   */
  sign(endpoint: Secrets, message: { id: string; body: string; now: Date }): string;
}

const contextOf = (endpointId: string): string => `webhook-endpoint:${endpointId}`;
/** More than there are endpoints, with two secrets each. */
const MAX_SIGNERS = 200;

export function createWebhookSecrets(encryption: Encryption): WebhookSecrets {
  const signers = new Map<string, Webhook>();
  const signerOf = (endpointId: string, encrypted: string): Webhook => {
    let signer = signers.get(encrypted);
    if (!signer) {
      signer = new Webhook(encryption.decrypt(encrypted, contextOf(endpointId)));
      if (signers.size >= MAX_SIGNERS) signers.clear();
      signers.set(encrypted, signer);
    }
    return signer;
  };
  return {
    create(endpointId) {
      const secret = `whsec_${randomBytes(32).toString("base64")}`;
      return { secret, secretEncrypted: encryption.encrypt(secret, contextOf(endpointId)) };
    },
    sign(endpoint, { id, body, now }) {
      const { secretEncrypted, previousSecretEncrypted, previousSecretUntil } = endpoint;
      const isOverlap = previousSecretEncrypted && previousSecretUntil && previousSecretUntil > now;
      const encrypted = isOverlap ? [secretEncrypted, previousSecretEncrypted] : [secretEncrypted];
      return encrypted.map((each) => signerOf(endpoint.id, each).sign(id, now, body)).join(" ");
    },
  };
}
