import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useMutation } from "urql";
import { draftTypes } from "../draft/draft-query.ts";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { failureText } from "../parts/failure.tsx";

const removeProvider = graphql(`
  mutation RemoveProvider($name: String!, $revision: String) {
    removeProvider(name: $name, revision: $revision) { revision }
  }
`);

/** Takes a provider that an operator named out of the draft, once it is confirmed. */
export function RemoveProvider({
  name,
  revision,
  onRemoved,
}: {
  name: string;
  /** As it is shown. */
  revision: string;
  onRemoved: () => void;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  // What was read when it was asked for, whatever is loaded meanwhile.
  const [asked, setAsked] = useState(revision);
  const [{ error, fetching }, remove] = useMutation(removeProvider);
  const onConfirm = async (): Promise<void> => {
    const { error } = await remove({ name, revision: asked }, { additionalTypenames: draftTypes });
    if (error) return;
    close();
    onRemoved();
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          setAsked(revision);
          open();
        }}
      >
        Remove
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={`Remove ${name}?`}
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <Stack>
          <Text size="sm">
            It goes out of the draft, and out of what is live once that is deployed. Its users' identities
            stay, and are ways in again once a provider of this name is added.
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
              Remove from the draft
            </BusyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
