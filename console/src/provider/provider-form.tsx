import { Alert, Button, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { draftTypes } from "../draft/draft-query.ts";
import { graphql } from "../graphql/index.ts";
import { failureText } from "../parts/failure.tsx";
import { isAbout } from "../settings-form/setting-field.tsx";
import { SettingFields } from "../settings-form/setting-fields.tsx";
import type { Problem } from "../settings-form/values.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import type { ProviderState } from "./state.ts";
import { useProviderForm } from "./use-provider-form.ts";

const saveProvider = graphql(`
  mutation SaveProvider($input: SaveProviderInput!) {
    saveProvider(input: $input) {
      revision
      changes { provider }
    }
  }
`);

/** The switch and the settings of one provider. What is saved goes into the draft. */
export function ProviderForm({ state, onSaved }: { state: ProviderState; onSaved: () => void }) {
  const form = useProviderForm(state);
  const [{ fetching }, save] = useMutation(saveProvider);
  const [error, setError] = useState<CombinedError | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const names = Object.keys(state.schema.properties ?? {});

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSaved(null);
    const read = form.read();
    if (!read) return;
    const { enabled, settings } = read;
    const input = {
      name: state.name,
      enabled,
      ...(settings && { settings }),
      ...(state.isNew && { type: state.type }),
    };
    const { data, error } = await save({ input }, { additionalTypenames: draftTypes });
    setError(error ?? null);
    if (error) return form.showProblems(problemsOf(error));
    form.markSaved();
    const isDifferent = data?.saveProvider.changes.some(({ provider }) => provider === state.name);
    setSaved(
      isDifferent
        ? "Saved to the draft. Nothing is live before you deploy it."
        : "Saved. This provider is as it is live; there is nothing of it to deploy.",
    );
    onSaved();
  };

  const elsewhere = form.problems.filter((problem) => !names.some((name) => isAbout(name, problem)));
  return (
    <form onSubmit={onSubmit} noValidate>
      <LeaveGuard isDirty={form.isDirty} />
      <Stack maw={720}>
        {form.isBehind && (
          <Alert
            role="alert"
            color="yellow"
            icon={<IconRefresh aria-hidden />}
            title="Somebody else saved this provider"
          >
            <Group justify="space-between">
              <Text size="sm" c="var(--mantine-color-text)">
                What you typed is still here. Saving it replaces theirs.
              </Text>
              <Button variant="default" size="xs" onClick={form.takeTheirs}>
                Show theirs
              </Button>
            </Group>
          </Alert>
        )}
        <Paper withBorder p="md">
          <Switch
            label="Provider Enabled"
            description="Whether users can log in with it, once it is deployed."
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
        {error && (
          <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />} title="Nothing was saved">
            {error.networkError || form.problems.length === 0
              ? `${failureText(error)} What you typed is still here.`
              : elsewhere.length > 0
                ? elsewhere.map(({ message }) => message).join(" ")
                : "Some settings are not right; each says so at its field."}
          </Alert>
        )}
        <div role="status">
          {saved && !form.isDirty && (
            <Alert color="green" icon={<IconCircleCheck aria-hidden />}>
              <Text size="sm" c="var(--mantine-color-text)">
                {saved}
              </Text>
            </Alert>
          )}
        </div>
        <Group>
          <Button type="submit" loading={fetching}>
            Save
          </Button>
          {form.isDirty && (
            <Text size="sm" c="dimmed">
              There are edits that are not saved.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function problemsOf({ graphQLErrors }: CombinedError): Problem[] {
  return graphQLErrors.flatMap(({ extensions }) => (extensions.problems as Problem[] | undefined) ?? []);
}
