import { Alert, Button, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";
import type { Change } from "../change-words.ts";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { ChangeList, type NamedProvider } from "../parts/change-list.tsx";
import { DialogFooter } from "../parts/dialog-footer.tsx";
import { failureText } from "../parts/failure.tsx";
import { type Draft, deploymentTypes } from "./draft-query.ts";
import { Impact, type ProviderImpact } from "./impact.tsx";
import { useTypedNames } from "./typed-names.tsx";

const deployDraft = graphql(`
  mutation Deploy($note: String, $draftRevision: String) {
    deploy(note: $note, draftRevision: $draftRevision) { version }
  }
`);

interface Review {
  readonly draftRevision?: string | null;
  readonly changes: readonly Change[];
  readonly impact: readonly ProviderImpact[];
  readonly dangers: readonly { readonly provider: string }[];
}

/**
 * Shows the review as it was when the dialog opened, and deploys exactly that. If another operator changes the draft
 * meanwhile, a notice appears; the review shown changes only when the operator asks for it.
 */
export function DeployForm({
  review,
  draft,
  providers,
  onDeployed,
  onClose,
  refresh,
}: {
  review: Review;
  draft: Draft;
  providers: readonly NamedProvider[];
  onDeployed: (version: number) => void;
  onClose: () => void;
  refresh: () => void;
}) {
  const [seen, setSeen] = useState(review);
  const [note, setNote] = useState("");
  const [{ error, fetching }, deploy] = useMutation(deployDraft);
  const typedNames = useTypedNames(seen.dangers);
  const isChanged = draft.revision !== seen.draftRevision;

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!typedNames.check()) return;
    const { data } = await deploy(
      { note, draftRevision: seen.draftRevision ?? null },
      { additionalTypenames: deploymentTypes },
    );
    if (data) onDeployed(data.deploy.version);
    else refresh();
  };

  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {isChanged && (
          <Alert role="alert" color="yellow" icon={<IconRefresh aria-hidden />} title="The draft has changed">
            <Group justify="space-between">
              <Text size="sm" c="var(--mantine-color-text)">
                {draft.updatedBy} saved changes after you opened this review. The review below is not up to
                date.
              </Text>
              <Button
                variant="default"
                size="xs"
                disabled={review.draftRevision !== draft.revision}
                onClick={() => setSeen(review)}
              >
                Show the current draft
              </Button>
            </Group>
          </Alert>
        )}
        <Title order={3} size="h5">
          Changes
        </Title>
        <ChangeList changes={seen.changes} providers={providers} />
        <Impact impact={seen.impact} providers={providers} />
        {typedNames.fields}
        <Textarea
          label="Note"
          description="Optional. Shown in the history."
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          maxLength={1_000}
          autosize
          minRows={2}
        />
        {error && (
          <Alert
            role="alert"
            color="red"
            icon={<IconAlertTriangle aria-hidden />}
            title="Nothing was deployed"
          >
            {failureText(error)}
          </Alert>
        )}
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton type="submit" isBusy={fetching}>
            Deploy
          </BusyButton>
        </DialogFooter>
      </Stack>
    </form>
  );
}
