import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { BusyButton } from "../../parts/busy-button.tsx";
import { failureText } from "../../parts/failure.tsx";
import { SecretDialog } from "../webhooks/secret-dialog.tsx";

const RotateDocument = graphql(`
  mutation RotateWebhookSecret($id: ID!) {
    rotateWebhookSecret(id: $id) {
      secret
      endpoint {
        id
      }
    }
  }
`);

/** Makes a new signing secret, and shows it once. */
export function RotateSecret({ id, isOpen, close }: { id: string; isOpen: boolean; close: () => void }) {
  const [{ error, fetching }, rotate] = useMutation(RotateDocument);
  const [secret, setSecret] = useState<string | null>(null);
  const onConfirm = async (): Promise<void> => {
    const { data } = await rotate({ id });
    if (data) setSecret(data.rotateWebhookSecret.secret);
  };
  return (
    <SecretDialog
      title="Rotate the signing secret?"
      isOpen={isOpen}
      close={() => {
        close();
        setSecret(null);
      }}
      secret={secret}
      hint="Replace the old one at your endpoint within 24 hours: until then, deliveries are signed with both."
    >
      <Stack>
        <Text size="sm">
          A new secret is made and shown once. The old one stays valid for 24 hours: deliveries are signed
          with both, so nothing fails while you replace it. After a second rotation within that time only the
          last two are valid.
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
          <BusyButton onClick={onConfirm} isBusy={fetching}>
            Rotate secret
          </BusyButton>
        </Group>
      </Stack>
    </SecretDialog>
  );
}
