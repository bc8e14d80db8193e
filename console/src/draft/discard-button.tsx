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

/** Throws the draft away, once it is confirmed. */
export function DiscardButton({
  draft,
  onDiscarded,
}: {
  draft: Pick<Draft, "revision" | "updatedBy">;
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
            What {draft.updatedBy} and others saved since the last deployment is thrown away. What is live
            stays as it is.
          </Text>
          {error && (
            <Alert role="alert" color="red">
              {failureText(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
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
