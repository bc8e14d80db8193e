import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { BusyButton } from "../../parts/busy-button.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { failureText } from "../../parts/failure.tsx";
import { plural } from "../../parts/plural.ts";
import { nameOf, type ShownEndpoint } from "../webhooks/endpoint-fields.ts";
import { EndpointForm } from "../webhooks/endpoint-form.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import type { TestResult } from "./test-result.tsx";

const UpdateDocument = graphql(`
  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(id: $id, input: $input) {
      id
    }
  }
`);
const DeleteDocument = graphql(`
  mutation DeleteWebhookEndpoint($id: ID!) {
    deleteWebhookEndpoint(id: $id)
  }
`);
const TestDocument = graphql(`
  mutation TestWebhookEndpoint($id: ID!) {
    testWebhookEndpoint(id: $id) {
      id
      lastStatus
      lastError
      lastAnswer
    }
  }
`);

type Opened = "edit" | "rotate" | "disable" | "enable" | "delete";

export function EndpointActions({
  endpoint,
  onTested,
}: {
  endpoint: ShownEndpoint;
  onTested: (result: TestResult | null) => void;
}) {
  const { id, disabledAt, pendingDeliveries, parkedDeliveries, requiresReceipt } = endpoint;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [, update] = useMutation(UpdateDocument);
  const [, remove] = useMutation(DeleteDocument);
  const navigate = useNavigate();
  const undelivered = [
    { state: "pending", count: pendingDeliveries },
    { state: "parked", count: parkedDeliveries },
  ].flatMap(({ state, count }) =>
    count > 0 ? [plural(count, `${state} delivery`, `${state} deliveries`)] : [],
  );
  const open = (which: Opened) => () => setOpened(which);
  const dialog = (which: Opened) => ({ isOpen: opened === which, close: () => setOpened(null) });
  return (
    <>
      <Group gap="xs">
        <TestButton id={id} onTested={onTested} />
        <Button variant="default" onClick={open("edit")}>
          Edit…
        </Button>
        <Button variant="default" onClick={open("rotate")}>
          Rotate secret…
        </Button>
        <Button variant="default" onClick={open(disabledAt ? "enable" : "disable")}>
          {disabledAt ? "Enable…" : "Disable…"}
        </Button>
        <Button variant="outline" color="red" onClick={open("delete")}>
          Delete…
        </Button>
      </Group>
      <Modal
        opened={opened === "edit"}
        onClose={() => setOpened(null)}
        title="Edit the endpoint"
        centered
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <EndpointForm
          endpoint={endpoint}
          action="Save"
          close={() => setOpened(null)}
          submit={async (input) => {
            const { error } = await update({ id, input });
            if (!error) setOpened(null);
            return error;
          }}
        />
      </Modal>
      <RotateSecret id={id} {...dialog("rotate")} />
      <Confirmation
        {...dialog("disable")}
        title="Disable this endpoint?"
        action="Disable endpoint"
        act={() => update({ id, input: { disabled: true } })}
        onDone={() => {}}
      >
        Nothing is delivered until it is enabled again. Events wait meanwhile; those that wait for more than
        three days are parked, and have to be redelivered one by one.
      </Confirmation>
      <Confirmation
        {...dialog("enable")}
        title="Enable this endpoint?"
        action="Enable endpoint"
        isHarmless
        act={() => update({ id, input: { disabled: false } })}
        onDone={() => {}}
      >
        {pendingDeliveries > 0
          ? `${plural(pendingDeliveries, "delivery that waits is", "deliveries that wait are")} sent at once.`
          : "Nothing waits. Events are delivered from now on."}
      </Confirmation>
      <Confirmation
        {...dialog("delete")}
        title="Delete this endpoint?"
        action="Delete endpoint"
        typed={id.slice(-6)}
        act={() => remove({ id })}
        onDone={() => navigate("/webhooks", { state: { deleted: nameOf(endpoint) } })}
      >
        <Stack gap="xs">
          <div>
            “{nameOf(endpoint)}” is deleted with its signing secret and the record of its deliveries. This
            cannot be undone.
          </div>
          {undelivered.length > 0 && (
            <Text size="sm" fw={600}>
              It never gets what it has not received yet: {undelivered.join(" and ")}.
            </Text>
          )}
          {requiresReceipt && (
            <div>Receipts that it owes stay outstanding, and those that it gave are kept.</div>
          )}
        </Stack>
      </Confirmation>
    </>
  );
}

/** Sends a test event, which takes up to ten seconds; the page shows the result. */
function TestButton({ id, onTested }: { id: string; onTested: (result: TestResult | null) => void }) {
  const [{ fetching, error }, test] = useMutation(TestDocument);
  const run = async (): Promise<void> => {
    onTested(null);
    const { data } = await test({ id }, { additionalTypenames: ["WebhookEndpoint"] });
    if (data) onTested(data.testWebhookEndpoint);
  };
  return (
    <>
      {error && !fetching && (
        <Alert role="alert" color="red" py={4}>
          {failureText(error)}
        </Alert>
      )}
      <BusyButton onClick={run} isBusy={fetching}>
        Send test event
      </BusyButton>
    </>
  );
}
