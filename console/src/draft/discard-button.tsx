import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "urql";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { failureText } from "../parts/failure.tsx";
import { type Draft, draftTypes } from "./draft-query.ts";

const discardDraft = graphql(`
  mutation DiscardDraft($draftRevision: String) {
    discardDraft(draftRevision: $draftRevision)
  }
`);

/** Discards the draft after confirmation. */
export function DiscardButton({
  draft,
  onDiscarded,
}: {
  draft: Pick<Draft, "revision">;
  onDiscarded?: () => void;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  const [{ error, fetching }, discard] = useMutation(discardDraft);
  const onConfirm = async (): Promise<void> => {
    const { error } = await discard({ draftRevision: draft.revision }, { additionalTypenames: draftTypes });
    if (error) return;
    close();
    onDiscarded?.();
  };
  return (
    <>
      <Button variant="default" onClick={open}>
        Discard
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title="Discard the draft?"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <Stack>
          <Text size="sm">
            All changes saved since the last deployment are deleted, including those of other operators. The
            live configuration does not change.
          </Text>
          {error && (
            <Alert role="alert" color="red">
              {failureText(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <BusyButton color="red" variant="outline" onClick={onConfirm} isBusy={fetching}>
              Discard the draft
            </BusyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
