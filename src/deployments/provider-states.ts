import type { DeploymentRecord, DraftRecord, ProviderConfiguration } from "../entities/deployment.ts";
import type { Provider } from "../identity/provider.ts";
import type { Catalogue } from "./catalogue.ts";
import { type ProviderRevision, revisionOfProvider } from "./drafts/revisions.ts";

/** A provider's live configuration and its configuration in the draft. */
export interface ProviderState {
  readonly provider: Provider;
  /** Disabled and without settings when only the draft has it. */
  readonly live: ProviderConfiguration;
  /** null when there is no draft, or the draft removes it. */
  readonly draft: ProviderConfiguration | null;
  /** Whether deploying the draft would add or remove it; null when neither. */
  readonly draftEffect: "ADDED" | "REMOVED" | null;
  /** Of the provider as it would be deployed now. */
  readonly revision: ProviderRevision;
}

export function listProviderStates(
  { providerFor, withDefaults }: Catalogue,
  record: DeploymentRecord,
  draft: DraftRecord | null,
): ProviderState[] {
  const live = withDefaults(record.providers);
  const drafted = draft && withDefaults(draft.providers);
  const revisionOf = (name: string): ProviderRevision =>
    revisionOfProvider(name, { live: record, draft, providers: drafted ?? live });
  const isLive = (name: string): boolean => live.some((each) => each.name === name);
  const existing = live.map((each): ProviderState => {
    const draft = drafted?.find(({ name }) => name === each.name) ?? null;
    const draftEffect = drafted && !draft ? "REMOVED" : null;
    return {
      provider: providerFor(draft ?? each),
      live: each,
      draft,
      draftEffect,
      revision: revisionOf(each.name),
    };
  });
  const added = (drafted ?? [])
    .filter(({ name }) => !isLive(name))
    .map((draft): ProviderState => {
      const live = { ...draft, enabled: false, settings: {} };
      return {
        provider: providerFor(draft),
        live,
        draft,
        draftEffect: "ADDED",
        revision: revisionOf(draft.name),
      };
    });
  return [...existing, ...added];
}
