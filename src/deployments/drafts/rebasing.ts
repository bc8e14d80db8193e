import type { ProviderConfiguration } from "../../entities/deployment.ts";

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * A draft's own changes, applied to the live version. Where both changed the same, the draft wins; a
 * provider's settings count as one change, because they were validated together.
 * @param base the version that the draft was created from
 */
export function rebase(
  base: readonly ProviderConfiguration[],
  drafted: readonly ProviderConfiguration[],
  live: readonly ProviderConfiguration[],
): ProviderConfiguration[] {
  const find = (all: readonly ProviderConfiguration[], name: string): ProviderConfiguration | undefined =>
    all.find((each) => each.name === name);
  const existing = live.flatMap((now): ProviderConfiguration[] => {
    const [before, draft] = [find(base, now.name), find(drafted, now.name)];
    if (!draft) return before ? [] : [now];
    if (!before || draft.type !== now.type) return same(before, draft) ? [now] : [draft];
    return [
      {
        ...now,
        enabled: draft.enabled === before.enabled ? now.enabled : draft.enabled,
        settings: same(draft.settings, before.settings) ? now.settings : draft.settings,
      },
    ];
  });
  const added = drafted.filter((draft) => !find(live, draft.name) && !same(find(base, draft.name), draft));
  return [...existing, ...added];
}
