import { useEffect, useMemo, useState } from "react";
import { fieldId } from "../settings-form/setting-field.tsx";
import { type FormValues, fromForm, type Problem, toForm } from "../settings-form/values.ts";
import { type ProviderState, stateKey } from "./state.ts";

export interface ProviderForm {
  readonly enabled: boolean;
  readonly values: FormValues;
  readonly problems: readonly Problem[];
  readonly isDirty: boolean;
  /** Whether somebody else saved this provider since the form was filled; what is typed here stays until `takeTheirs`. */
  readonly isBehind: boolean;
  setEnabled(enabled: boolean): void;
  setValues(values: FormValues): void;
  takeTheirs(): void;
  /** What there is to save; null when it cannot be sent as it is, which the fields then say. */
  read(): { enabled: boolean; settings: Readonly<Record<string, unknown>> | null } | null;
  /** Puts the gateway's mistakes at their fields, and goes to the first. */
  showProblems(problems: readonly Problem[]): void;
  /** What stands in the form is what the gateway has now. */
  markSaved(): void;
}

interface Filled {
  readonly enabled: boolean;
  readonly values: FormValues;
}

const fill = ({ enabled, settings, schema }: ProviderState): Filled => ({
  enabled,
  values: toForm(settings, schema),
});

export function useProviderForm(state: ProviderState): ProviderForm {
  const [began, setBegan] = useState(() => ({ key: stateKey(state), filled: fill(state) }));
  const [now, setNow] = useState(began.filled);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const key = stateKey(state);
  const isDirty = JSON.stringify(now) !== JSON.stringify(began.filled);

  const take = (): void => {
    const filled = fill(state);
    setBegan({ key, filled });
    setNow(filled);
    setProblems([]);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from the gateway fills a form that nobody touched
  useEffect(() => {
    if (key !== began.key && !isDirty) take();
  }, [key, isDirty]);

  const order = useMemo(() => Object.keys(state.schema.properties ?? {}), [state.schema]);
  const showProblems = (found: readonly Problem[]): void => {
    setProblems(found);
    const places = found.map(({ field }) => field.split(".")[0] ?? "");
    const first = order.find((name) => places.includes(name));
    if (first) queueMicrotask(() => document.getElementById(fieldId(first))?.focus());
  };

  return {
    ...now,
    problems,
    isDirty,
    isBehind: key !== began.key && isDirty,
    setEnabled: (enabled) => setNow((before) => ({ ...before, enabled })),
    setValues: (values) => setNow((before) => ({ ...before, values })),
    takeTheirs: take,
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
    markSaved() {
      setProblems([]);
      setBegan((before) => ({ ...before, filled: now }));
    },
  };
}
