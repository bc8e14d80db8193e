import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { EndpointForm } from "./endpoint-form.tsx";
import { SecretDialog } from "./secret-dialog.tsx";

const CreateDocument = graphql(`
  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      secret
      endpoint {
        id
      }
    }
  }
`);

/** Creates an endpoint, shows its secret once, and opens its page. */
export function CreateEndpoint() {
  const [isOpen, { open, close }] = useDisclosure();
  const [created, setCreated] = useState<{ id: string; secret: string } | null>(null);
  const [, create] = useMutation(CreateDocument);
  const navigate = useNavigate();
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        Create endpoint
      </Button>
      <SecretDialog
        title="Create a webhook endpoint"
        isOpen={isOpen}
        close={() => {
          close();
          if (created) navigate(`/webhooks/${encodeURIComponent(created.id)}`);
        }}
        secret={created?.secret ?? null}
        hint="Keep it where your endpoint verifies signatures, such as in lifecycleHandler({ secrets })."
      >
        <EndpointForm
          endpoint={null}
          action="Create endpoint"
          close={close}
          submit={async (input) => {
            const { data, error } = await create({ input }, { additionalTypenames: ["WebhookEndpoint"] });
            if (data) {
              const { endpoint, secret } = data.createWebhookEndpoint;
              setCreated({ id: endpoint.id, secret });
            }
            return error;
          }}
        />
      </SecretDialog>
    </>
  );
}
