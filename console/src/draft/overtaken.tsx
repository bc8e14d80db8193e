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

/** Another deployment went live after the draft was begun: what it was, and the two ways on. */
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
        title="Another version went live meanwhile"
      >
        <Text size="sm" c="var(--mantine-color-text)">
          This draft was begun from version {draft.baseVersion}, and version {newest?.version} is live now.
          Decide what becomes of your changes.
        </Text>
      </Alert>
      <Title order={2} size="h4">
        What others deployed
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
