import { Alert, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { draftTypes } from "../draft/draft-query.ts";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { failureText, hasCode } from "../parts/failure.tsx";
import { When } from "../parts/when.tsx";
import { isAbout } from "../settings-form/field-problems.tsx";
import { SettingFields } from "../settings-form/setting-fields.tsx";
import type { Problem } from "../settings-form/values.ts";
import { Conflict } from "./conflict.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { NO_REVISION, type ProviderState } from "./state.ts";
import { useProviderForm } from "./use-provider-form.ts";

const saveProvider = graphql(`
  mutation SaveProvider($input: SaveProviderInput!) {
    saveProvider(input: $input) {
      providers { name revision }
      changes { provider }
    }
  }
`);

/** The form for enabling and configuring one provider. Saving changes the draft. */
export function ProviderForm({ state, onSaved }: { state: ProviderState; onSaved: () => void }) {
  const form = useProviderForm(state);
  const [{ fetching }, save] = useMutation(saveProvider);
  const [error, setError] = useState<CombinedError | null>(null);
  const [saved, setSaved] = useState<Saved | null>(null);
  const names = Object.keys(state.schema.properties ?? {});

  // The success message stays until the change is deployed, discarded, or overwritten by another operator.
  useEffect(() => {
    if (!saved) return;
    if (state.revision === saved.revision && state.isDrafted === saved.isDrafted) {
      if (!saved.isSeen) setSaved({ ...saved, isSeen: true });
    } else if (saved.isSeen || (state.revision !== saved.revision && state.revision !== saved.replaced)) {
      setSaved(null);
    }
  }, [saved, state.revision, state.isDrafted]);

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSaved(null);
    const read = form.read();
    if (!read) return;
    const { enabled, settings } = read;
    const input = {
      name: state.name,
      enabled,
      revision: form.revision,
      ...(settings && { settings }),
      ...(state.isNew && { type: state.type }),
    };
    const { data, error } = await save({ input }, { additionalTypenames: draftTypes });
    setError(error ?? null);
    if (error) {
      // Reload, to show the other operator's change.
      if (hasCode(error, "DRAFT_CONFLICT")) onSaved();
      return form.showProblems(problemsOf(error));
    }
    if (!data) return;
    const { providers, changes } = data.saveProvider;
    const revision = providers.find(({ name }) => name === state.name)?.revision ?? NO_REVISION;
    form.markSaved(revision);
    const isDrafted = changes.some(({ provider }) => provider === state.name);
    setSaved({ revision, replaced: state.revision, isDrafted, isSeen: false });
    onSaved();
  };

  const otherProblems = form.problems.filter((problem) => !names.some((name) => isAbout(name, problem)));
  return (
    <form onSubmit={onSubmit} noValidate>
      <LeaveGuard isDirty={form.isDirty} />
      <Stack maw={720}>
        <div role="status">
          {form.isFollowing && (
            <Alert color="blue" icon={<IconInfoCircle aria-hidden />}>
              <Text size="sm" c="var(--mantine-color-text)">
                Another operator changed this provider or discarded the draft. The form shows the current
                settings
                {state.changedBy && state.changedAt && (
                  <>
                    , set by {state.changedBy}, <When at={state.changedAt} />
                  </>
                )}
                .
              </Text>
            </Alert>
          )}
        </div>
        <Paper withBorder p="md">
          <Switch
            label="Provider Enabled"
            description="Users can log in with this provider once the change is deployed."
            checked={form.enabled}
            onChange={({ currentTarget }) => form.setEnabled(currentTarget.checked)}
          />
        </Paper>
        <Paper withBorder p="md" component="section" aria-labelledby="settings-title">
          <Title order={2} size="h4" id="settings-title" mb="sm">
            Settings
          </Title>
          {names.length === 0 ? (
            <Text size="sm">This provider has no options.</Text>
          ) : (
            <Stack>
              <SettingFields
                schema={state.schema}
                values={form.values}
                stored={state.settings}
                problems={form.problems}
                onChange={form.setValues}
              />
            </Stack>
          )}
        </Paper>
        {form.isBehind && (
          <Conflict
            isSaveRejected={error !== null}
            by={state.changedBy}
            at={state.changedAt}
            differences={form.differences}
            onTakeTheirs={() => {
              setError(null);
              form.takeTheirs();
            }}
            onKeepMine={() => {
              setError(null);
              form.keepMine();
            }}
          />
        )}
        {error && !(form.isBehind && hasCode(error, "DRAFT_CONFLICT")) && (
          <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />} title="Nothing was saved">
            {error.networkError || form.problems.length === 0
              ? `${failureText(error)} Your changes are still in the form.`
              : otherProblems.length > 0
                ? otherProblems.map(({ message }) => message).join(" ")
                : "Some settings are invalid. Check the marked fields."}
          </Alert>
        )}
        <div role="status">
          {saved && !form.isDirty && (
            <Alert color="green" icon={<IconCircleCheck aria-hidden />}>
              <Text size="sm" c="var(--mantine-color-text)">
                {saved.isDrafted
                  ? "Saved to the draft. These changes are not live until you deploy."
                  : "Saved. There are no changes to deploy for this provider."}
              </Text>
            </Alert>
          )}
        </div>
        <Group>
          <BusyButton type="submit" isBusy={fetching}>
            Save
          </BusyButton>
          {form.isDirty && (
            <Text size="sm" c="dimmed">
              Unsaved changes
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** The result of the last save. */
interface Saved {
  readonly revision: string;
  /** The revision before the save, which is shown until the refetch. */
  readonly replaced: string;
  readonly isDrafted: boolean;
  readonly isSeen: boolean;
}

function problemsOf({ graphQLErrors }: CombinedError): Problem[] {
  return graphQLErrors.flatMap(({ extensions }) => (extensions.problems as Problem[] | undefined) ?? []);
}
