import { useEffect, useMemo, useState } from "react";
import { fieldId } from "../settings-form/setting-fields.tsx";
import { type FormValues, fromForm, type Problem, toForm } from "../settings-form/values.ts";
import { type Difference, type Filled, listDifferences, mergeEdits } from "./differences.ts";
import type { ProviderState } from "./state.ts";

export interface ProviderForm {
  readonly enabled: boolean;
  readonly values: FormValues;
  /** Of what the form was filled with. */
  readonly revision: string;
  readonly problems: readonly Problem[];
  readonly isDirty: boolean;
  /** Whether another operator changed this provider since; what is typed here stays until one of the two below. */
  readonly isBehind: boolean;
  readonly differences: readonly Difference[];
  /** Whether the form was filled with another operator's change just now, while nothing was being edited. */
  readonly isFollowing: boolean;
  setEnabled(enabled: boolean): void;
  setValues(values: FormValues): void;
  takeTheirs(): void;
  keepMine(): void;
  /** What there is to save; null when it cannot be sent as it is, which the fields then say. */
  read(): { enabled: boolean; settings: Readonly<Record<string, unknown>> | null } | null;
  /** Puts the gateway's mistakes at their fields, and goes to the first. */
  showProblems(problems: readonly Problem[]): void;
  /** What stands in the form is what the gateway has now, under this revision. */
  markSaved(revision: string): void;
}

const fill = ({ enabled, settings, schema }: ProviderState): Filled => ({
  enabled,
  values: toForm(settings, schema),
});

export function useProviderForm(state: ProviderState): ProviderForm {
  const [began, setBegan] = useState(() => ({ revision: state.revision, filled: fill(state) }));
  const [now, setNow] = useState(began.filled);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  /** What was here when this form saved: it is still shown until the gateway is asked again. */
  const [replaced, setReplaced] = useState<string | null>(null);
  const [isFollowing, setFollowing] = useState(false);
  const isDirty = JSON.stringify(now) !== JSON.stringify(began.filled);
  const isOther = state.revision !== began.revision && state.revision !== replaced;

  const take = (): void => {
    const filled = fill(state);
    setBegan({ revision: state.revision, filled });
    setNow(filled);
    setProblems([]);
    setReplaced(null);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from the gateway fills a form that nobody touched
  useEffect(() => {
    if (state.revision === began.revision) setReplaced(null);
    if (!isOther || isDirty) return;
    take();
    setFollowing(true);
  }, [state.revision, began.revision, isDirty]);

  const order = useMemo(() => Object.keys(state.schema.properties ?? {}), [state.schema]);
  const showProblems = (found: readonly Problem[]): void => {
    setProblems(found);
    const places = found.map(({ field }) => field.split(".")[0] ?? "");
    const first = order.find((name) => places.includes(name));
    if (first) queueMicrotask(() => document.getElementById(fieldId(first))?.focus());
  };
  const edit = (change: Partial<Filled>): void => {
    setFollowing(false);
    setNow((before) => ({ ...before, ...change }));
  };
  const isBehind = isOther && isDirty;

  return {
    ...now,
    revision: began.revision,
    problems,
    isDirty,
    isBehind,
    differences: isBehind
      ? listDifferences(now, fill(state), { schema: state.schema, stored: state.settings })
      : [],
    isFollowing: isFollowing && !isDirty,
    setEnabled: (enabled) => edit({ enabled }),
    setValues: (values) => edit({ values }),
    takeTheirs: take,
    keepMine() {
      const theirs = fill(state);
      setNow(mergeEdits(began.filled, now, theirs));
      setBegan({ revision: state.revision, filled: theirs });
    },
    read() {
      const isTouched = JSON.stringify(now.values) !== JSON.stringify(began.filled.values);
      // Left out, settings stay: defaults that nobody chose are not written down.
      if (!isTouched && !state.isNew) return { enabled: now.enabled, settings: null };
      const { settings, problems } = fromForm(now.values, state.schema);
      if (problems.length === 0) return { enabled: now.enabled, settings };
      showProblems(problems);
      return null;
    },
    showProblems,
    markSaved(revision) {
      setProblems([]);
      setFollowing(false);
      setReplaced(state.revision === revision ? null : state.revision);
      setBegan({ revision, filled: now });
    },
  };
}
