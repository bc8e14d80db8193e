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

/** Removes an operator-named provider from the draft after confirmation. */
export function RemoveProvider({
  name,
  revision,
  onRemoved,
}: {
  name: string;
  /** The revision shown on the page. */
  revision: string;
  onRemoved: () => void;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  // The revision when the dialog opened, whatever is loaded meanwhile.
  const [seen, setSeen] = useState(revision);
  const [{ error, fetching }, remove] = useMutation(removeProvider);
  const onConfirm = async (): Promise<void> => {
    const { error } = await remove({ name, revision: seen }, { additionalTypenames: draftTypes });
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
          setSeen(revision);
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
            The provider is removed from the draft, and from the live configuration once the draft is
            deployed. Its users' identities are kept, and can sign in again if a provider with this name is
            added.
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
              Remove from the draft
            </BusyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
