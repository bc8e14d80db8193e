import { Alert, Divider, Stack, Text, Title } from "@mantine/core";
import { IconGitMerge } from "@tabler/icons-react";
import { useMutation } from "urql";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { ChangeList, type NamedProvider } from "../parts/change-list.tsx";
import { DialogFooter } from "../parts/dialog-footer.tsx";
import { failureText } from "../parts/failure.tsx";
import { Time } from "../parts/time.tsx";
import { DiscardButton } from "./discard-button.tsx";
import { type Draft, draftTypes } from "./draft-query.ts";

const rebaseDraft = graphql(`
  mutation RebaseDraft($draftRevision: String) {
    rebaseDraft(draftRevision: $draftRevision) { revision }
  }
`);

/** Shown when another version was deployed after the draft was started: its changes, and the choice to rebase or discard the draft. */
export function Overtaken({
  draft,
  providers,
  onResolved,
}: {
  draft: Draft;
  providers: readonly NamedProvider[];
  onResolved: () => void;
}) {
  const [{ error, fetching }, rebase] = useMutation(rebaseDraft);
  const [newest] = draft.overtakenBy;
  const onKeep = async (): Promise<void> => {
    const { error } = await rebase({ draftRevision: draft.revision }, { additionalTypenames: draftTypes });
    if (!error) onResolved();
  };
  return (
    <Stack>
      <Alert
        role="alert"
        color="yellow"
        icon={<IconGitMerge aria-hidden />}
        title="Another version was deployed"
      >
        <Text size="sm" c="var(--mantine-color-text)">
          This draft is based on version {draft.baseVersion}, but version {newest?.version} is live now. Keep
          your changes on top of it, or discard them.
        </Text>
      </Alert>
      <Title order={2} size="h4">
        Deployed since
      </Title>
      {draft.overtakenBy.map((each) => (
        <Stack key={each.version} gap="xs">
          <Text size="sm">
            Version {each.version}, by {each.deployedBy}, <Time at={each.deployedAt} />
            {each.note && `: ${each.note}`}
          </Text>
          <ChangeList changes={each.changes} providers={providers} />
        </Stack>
      ))}
      <Divider />
      <Title order={2} size="h4">
        Your changes
      </Title>
      <ChangeList changes={draft.ownChanges} providers={providers} />
      {error && (
        <Alert role="alert" color="red">
          {failureText(error)}
        </Alert>
      )}
      <DialogFooter>
        <DiscardButton draft={draft} onDiscarded={onResolved} />
        <BusyButton onClick={onKeep} isBusy={fetching}>
          Keep my changes on top of version {newest?.version}
        </BusyButton>
      </DialogFooter>
    </Stack>
  );
}
