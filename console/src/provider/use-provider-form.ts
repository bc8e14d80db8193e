import { useEffect, useMemo, useState } from "react";
import { fieldId } from "../settings-form/setting-fields.tsx";
import { type FormValues, fromForm, type Problem, toForm } from "../settings-form/values.ts";
import { type Difference, type Filled, listDifferences, mergeEdits } from "./differences.ts";
import type { ProviderState } from "./state.ts";

export interface ProviderForm {
  readonly enabled: boolean;
  readonly values: FormValues;
  /** The revision with which the form was filled. */
  readonly revision: string;
  readonly problems: readonly Problem[];
  readonly isDirty: boolean;
  /** Whether another operator changed this provider since; the edits stay until `takeTheirs` or `keepMine`. */
  readonly isBehind: boolean;
  readonly differences: readonly Difference[];
  /** Whether the form was refilled with another operator's change while it had no edits. */
  readonly isFollowing: boolean;
  setEnabled(enabled: boolean): void;
  setValues(values: FormValues): void;
  takeTheirs(): void;
  keepMine(): void;
  /** The values to save; null when they are invalid, which the fields then show. */
  read(): { enabled: boolean; settings: Readonly<Record<string, unknown>> | null } | null;
  /** Shows validation errors at their fields and focuses the first. */
  showProblems(problems: readonly Problem[]): void;
  /** Marks the form's values as saved under this revision. */
  markSaved(revision: string): void;
}

const fill = ({ enabled, settings, schema }: ProviderState): Filled => ({
  enabled,
  values: toForm(settings, schema),
});

export function useProviderForm(state: ProviderState): ProviderForm {
  const [base, setBase] = useState(() => ({ revision: state.revision, filled: fill(state) }));
  const [current, setCurrent] = useState(base.filled);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  /** The revision before the last save, which is shown until the refetch. */
  const [replaced, setReplaced] = useState<string | null>(null);
  const [isFollowing, setFollowing] = useState(false);
  const isDirty = JSON.stringify(current) !== JSON.stringify(base.filled);
  const isChanged = state.revision !== base.revision && state.revision !== replaced;

  const take = (): void => {
    const filled = fill(state);
    setBase({ revision: state.revision, filled });
    setCurrent(filled);
    setProblems([]);
    setReplaced(null);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change from the gateway refills a form without edits
  useEffect(() => {
    if (state.revision === base.revision) setReplaced(null);
    if (!isChanged || isDirty) return;
    take();
    setFollowing(true);
  }, [state.revision, base.revision, isDirty]);

  const order = useMemo(() => Object.keys(state.schema.properties ?? {}), [state.schema]);
  const showProblems = (found: readonly Problem[]): void => {
    setProblems(found);
    const fields = found.map(({ field }) => field.split(".")[0] ?? "");
    const first = order.find((name) => fields.includes(name));
    if (first) queueMicrotask(() => document.getElementById(fieldId(first))?.focus());
  };
  const edit = (change: Partial<Filled>): void => {
    setFollowing(false);
    setCurrent((before) => ({ ...before, ...change }));
  };
  const isBehind = isChanged && isDirty;

  return {
    ...current,
    revision: base.revision,
    problems,
    isDirty,
    isBehind,
    differences: isBehind
      ? listDifferences(current, fill(state), { schema: state.schema, stored: state.settings })
      : [],
    isFollowing: isFollowing && !isDirty,
    setEnabled: (enabled) => edit({ enabled }),
    setValues: (values) => edit({ values }),
    takeTheirs: take,
    keepMine() {
      const theirs = fill(state);
      setCurrent(mergeEdits(base.filled, current, theirs));
      setBase({ revision: state.revision, filled: theirs });
    },
    read() {
      const isTouched = JSON.stringify(current.values) !== JSON.stringify(base.filled.values);
      // Omitted settings stay unchanged, so that defaults are not stored.
      if (!isTouched && !state.isNew) return { enabled: current.enabled, settings: null };
      const { settings, problems } = fromForm(current.values, state.schema);
      if (problems.length === 0) return { enabled: current.enabled, settings };
      showProblems(problems);
      return null;
    },
    showProblems,
    markSaved(revision) {
      setProblems([]);
      setFollowing(false);
      setReplaced(state.revision === revision ? null : state.revision);
      setBase({ revision, filled: current });
    },
  };
}
