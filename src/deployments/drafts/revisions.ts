/** What an operator has read of a draft or one of its providers, so that none replaces a change that they have not seen. */

import { hashSecret } from "../../encryption.ts";
import type { DeploymentRecord, DraftRecord, ProviderConfiguration } from "../../entities/deployment.ts";
import { PasserbyError } from "../../errors.ts";

/** Secrets in it are sealed, each time differently, so that it tells nothing of them. */
export const revisionOf = ({ baseVersion, providers }: DraftRecord): string =>
  hashSecret(JSON.stringify([baseVersion, providers])).slice(0, REVISION_CHARACTERS);
const REVISION_CHARACTERS = 22;
const revisionForm = new RegExp(`^[\\w-]{${REVISION_CHARACTERS}}$`);

/**
 * @throws PasserbyError DRAFT_CONFLICT when the draft that was read was changed, deployed or discarded; BAD_USER_INPUT when
 *   `seen` cannot be a revision
 */
export function requireRevision(draft: DraftRecord | null, seen: string | null | undefined): void {
  if (seen == null || (draft && seen === revisionOf(draft))) return;
  if (!revisionForm.test(seen)) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message:
        "This is not a revision of the draft. Read it with `passerby config review`, or as `revision` of `draft`.",
    });
  }
  if (!draft) {
    throw new PasserbyError("DRAFT_CONFLICT", {
      message: "The draft was deployed or discarded after it was read. Read what is live, and begin again.",
    });
  }
  throw new PasserbyError("DRAFT_CONFLICT", {
    message: "The draft was changed after it was reviewed. Review it again.",
    details: { draftUpdatedBy: draft.updatedBy },
  });
}

/** The revision of a provider that is not there. */
export const NOT_THERE = "none";

/** What was read, and what stands there now. */
export interface ProviderRevision {
  readonly name: string;
  /** `NOT_THERE` where the draft removes it. */
  readonly revision: string;
  /** Who set what stands there; null where neither the draft nor the newest version changed this provider. */
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

/** What is deployed and drafted now. `draft` is null where there is none. */
export interface Standing {
  readonly live: Pick<DeploymentRecord, "changes" | "deployedBy" | "deployedAt">;
  readonly draft: DraftRecord | null;
  /** What would be live if the draft were deployed. */
  readonly providers: readonly ProviderConfiguration[];
}

/** Secrets in it are encrypted, each time differently, so it tells nothing of them. */
function hashProvider({ type, enabled, settings }: ProviderConfiguration): string {
  return hashSecret(JSON.stringify([type, enabled, settings])).slice(0, 22);
}

export function revisionOfProvider(name: string, { live, draft, providers }: Standing): ProviderRevision {
  const found = providers.find((each) => each.name === name);
  const revision = found ? hashProvider(found) : NOT_THERE;
  const save = draft?.saves?.[name];
  if (save) return { name, revision, changedBy: save.by, changedAt: new Date(save.at) };
  const isNewest = live.changes.some(({ provider }) => provider === name);
  return {
    name,
    revision,
    changedBy: isNewest ? live.deployedBy : null,
    changedAt: isNewest ? live.deployedAt : null,
  };
}

/**
 * @param seen the provider's revision, or that of the whole draft, as it was read; null or absent: any
 * @throws PasserbyError DRAFT_CONFLICT when something else stands there now
 */
export function requireProviderRevision(
  name: string,
  seen: string | null | undefined,
  standing: Standing,
): void {
  if (seen == null) return;
  const { revision, changedBy, changedAt } = revisionOfProvider(name, standing);
  if (seen === revision || (standing.draft && seen === revisionOf(standing.draft))) return;
  throw new PasserbyError("DRAFT_CONFLICT", {
    message: `The configuration of ${name} was changed after you read it${changedBy ? `, by ${changedBy}` : ""}. Read it again, and save with its new revision.`,
    details: { provider: name, revision, changedBy, changedAt },
  });
}

/** Who saved what in a draft, after a change of it: what is as it was before is not theirs. */
export function recordSaves(
  draft: DraftRecord | null,
  { before, after }: { before: readonly ProviderConfiguration[]; after: readonly ProviderConfiguration[] },
  save: { readonly by: string; readonly at: number },
): NonNullable<DraftRecord["saves"]> {
  const old = new Map(before.map((each) => [each.name, hashProvider(each)]));
  const changed = after.filter((each) => old.get(each.name) !== hashProvider(each));
  const removed = before.filter(({ name }) => !after.some((each) => each.name === name));
  return {
    ...draft?.saves,
    ...Object.fromEntries([...changed, ...removed].map(({ name }) => [name, save])),
  };
}
