/** Revisions of a draft and of its providers (optimistic locking): no operator overwrites a change that they have not seen. */

import { hashSecret } from "../../encryption.ts";
import type { DeploymentRecord, DraftRecord, ProviderConfiguration } from "../../entities/deployment.ts";
import { PasserbyError } from "../../errors.ts";

/** Secrets in it are encrypted with a new IV each time, so the hash reveals nothing about them. */
export const revisionOf = ({ baseVersion, providers }: DraftRecord): string =>
  hashSecret(JSON.stringify([baseVersion, providers])).slice(0, REVISION_CHARACTERS);
const REVISION_CHARACTERS = 22;
const revisionForm = new RegExp(`^[\\w-]{${REVISION_CHARACTERS}}$`);

/**
 * @throws PasserbyError DRAFT_CONFLICT when the draft that was read was changed, deployed or discarded; BAD_USER_INPUT when
 *   `seen` is not in the form of a revision
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

/** The revision of a provider that does not exist. */
export const NOT_THERE = "none";

/** The revision of one provider, and who changed it last. */
export interface ProviderRevision {
  readonly name: string;
  /** `NOT_THERE` where the draft removes it. */
  readonly revision: string;
  /** null where neither the draft nor the newest version changed this provider. */
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

/** The live version and the draft; `draft` is null where there is none. */
export interface Standing {
  readonly live: Pick<DeploymentRecord, "changes" | "deployedBy" | "deployedAt">;
  readonly draft: DraftRecord | null;
  /** As they would be deployed now. */
  readonly providers: readonly ProviderConfiguration[];
}

/** As in `revisionOf`, the hash reveals nothing about secrets. */
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
 * @throws PasserbyError DRAFT_CONFLICT when the provider has changed
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

/** Notes who saved each provider that a change of the draft affects. */
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
