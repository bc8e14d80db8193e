import type { ProviderConfiguration } from "../../entities/deployment.ts";

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * A draft's own changes on top of what is live now. Where both changed the same, the draft has the last word; a
 * provider's settings count as one, because they were checked together.
 * @param base what the draft was begun from
 */
export function rebase(
  base: readonly ProviderConfiguration[],
  drafted: readonly ProviderConfiguration[],
  live: readonly ProviderConfiguration[],
): ProviderConfiguration[] {
  const find = (all: readonly ProviderConfiguration[], name: string): ProviderConfiguration | undefined =>
    all.find((each) => each.name === name);
  const kept = live.flatMap((now): ProviderConfiguration[] => {
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
  return [...kept, ...added];
}
