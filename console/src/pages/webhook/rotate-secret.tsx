import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { Question } from "../../parts/confirmation.tsx";
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
  const [, rotate] = useMutation(RotateDocument);
  const [secret, setSecret] = useState<string | null>(null);
  const act = async () => {
    const result = await rotate({ id });
    if (result.data) setSecret(result.data.rotateWebhookSecret.secret);
    return result;
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
      <Question action="Rotate secret" isHarmless act={act} cancel={close} onDone={() => {}}>
        A new secret is made and shown once. The old one stays valid for 24 hours: deliveries are signed with
        both, so nothing fails while you replace it. After a second rotation within that time only the last
        two are valid.
      </Question>
    </SecretDialog>
  );
}
