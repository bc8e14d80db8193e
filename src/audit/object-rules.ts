/** The audit events of services that are objects, by service and method. */
import type { Facts } from "./audit.ts";
import type { AuditRule } from "./rules.ts";

interface Deployed {
  readonly version: number;
  readonly note: string | null;
  readonly changes: readonly { readonly provider: string; readonly field: string }[];
}

const changed = ({ changes }: Pick<Deployed, "changes">): Record<string, unknown> => ({
  changes: changes.map(({ provider, field }) => `${provider}: ${field}`),
});
const saved = {
  done: (draft: Pick<Deployed, "changes">): Facts => ({ action: "DRAFT_SAVED", detail: changed(draft) }),
  failed: (): Facts => ({ action: "DRAFT_SAVED" }),
};

export const objectRules = {
  deployments: {
    saveProviders: saved,
    importProviders: {
      done: ({ draft }: { readonly draft: Pick<Deployed, "changes"> }) => saved.done(draft),
      failed: saved.failed,
    },
    removeProvider: {
      done: (draft: Pick<Deployed, "changes">, provider: string) => ({ ...saved.done(draft), provider }),
      failed: (provider: string) => ({ ...saved.failed(), provider }),
    },
    rebaseDraft: {
      // null when all its changes are live already: the draft was deleted.
      done: (draft: Pick<Deployed, "changes"> | null) =>
        draft ? saved.done(draft) : { action: "DRAFT_DISCARDED" },
      failed: saved.failed,
    },
    discardDraft: { done: (was: boolean) => (was ? { action: "DRAFT_DISCARDED" } : null) },
    deploy: {
      done: (record: Deployed) => ({
        action: "DEPLOYED",
        target: record.version,
        detail: { note: record.note, ...changed(record) },
      }),
      failed: () => ({ action: "DEPLOYED" }),
    },
    redeploy: {
      done: (record: Deployed, from: number) => ({
        action: "REDEPLOYED",
        target: record.version,
        detail: { from, ...changed(record) },
      }),
      failed: (from: number) => ({ action: "REDEPLOYED", detail: { from } }),
    },
  },
  adminKeys: {
    create: {
      done: ({ adminKey }: { readonly adminKey: { readonly id: string; readonly name: string } }) => ({
        action: "ADMIN_KEY_CREATED",
        target: adminKey.id,
        detail: { name: adminKey.name },
      }),
      failed: () => ({ action: "ADMIN_KEY_CREATED" }),
    },
    revoke: {
      done: (was: boolean, id: string) => (was ? { action: "ADMIN_KEY_REVOKED", target: id } : null),
    },
    verify: { done: () => null, failed: () => ({ action: "ADMIN_KEY_REFUSED" }) },
  },
  operatorSessions: {
    start: { done: () => ({ action: "CONSOLE_SIGNED_IN" }) },
    end: { done: (was: boolean) => (was ? { action: "CONSOLE_SIGNED_OUT" } : null) },
  },
  signingKeys: {
    rotate: {
      // Gateways call it regularly, usually without creating a key.
      done: ({ kid, isNew }: { readonly kid: string; readonly isNew: boolean }) =>
        isNew ? { action: "SIGNING_KEY_ROTATED", target: kid } : null,
    },
  },
  // biome-ignore lint/suspicious/noExplicitAny: each entry has arguments of its own
} as const satisfies Record<string, Record<string, AuditRule<any[], any>>>;
