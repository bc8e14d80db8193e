import { Alert, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { BusyButton } from "../../parts/busy-button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { failureText } from "../../parts/failure.tsx";
import { Time } from "../../parts/time.tsx";
import { TEST_TYPE } from "../webhooks/event-types.ts";
import type { ShownDelivery } from "./deliveries.tsx";
import classes from "./webhook.module.css";

const RedeliverDocument = graphql(`
  mutation Redeliver($deliveryId: ID!) {
    redeliver(deliveryId: $deliveryId) {
      id
      state
    }
  }
`);

/** How long a redelivery usually takes. */
const OUTCOME_MS = 2_000;

/** The request and the answer. What the endpoint answered is untrusted, and rendered as plain text. */
export const DeliveryDetail = ({ delivery, reload }: { delivery: ShownDelivery; reload: () => void }) => (
  <Stack gap="sm">
    <div className={classes.detail}>
      <Request delivery={delivery} />
      <Answer delivery={delivery} />
    </div>
    {delivery.event.type !== TEST_TYPE && <Redeliver delivery={delivery} reload={reload} />}
  </Stack>
);

const Block = ({ label, children }: { label: string; children: string }) => (
  <Code block className={classes.text} tabIndex={0} role="group" aria-label={label}>
    {children}
  </Code>
);

const Request = ({
  delivery: { event, endpoint, lastAttemptAt, requestBody },
}: {
  delivery: ShownDelivery;
}) => {
  const sent = lastAttemptAt && Math.floor(Date.parse(lastAttemptAt) / 1_000);
  const headers = [
    "content-type: application/json",
    `webhook-id: ${event.id}`,
    `webhook-timestamp: ${sent ?? "the time of the attempt"}`,
    "webhook-signature: v1,… (made for each attempt)",
  ];
  return (
    <Stack gap="xs">
      <Group gap={4}>
        <Title order={3} size="h6">
          Request
        </Title>
        <CopyButton value={requestBody} label="Copy the body" />
      </Group>
      <Block label="Request headers">{[`POST ${endpoint.url}`, ...headers].join("\n")}</Block>
      <Block label="Request body">{JSON.stringify(JSON.parse(requestBody), null, 2)}</Block>
    </Stack>
  );
};

const Answer = ({ delivery }: { delivery: ShownDelivery }) => {
  const { lastAttemptAt, lastStatus, lastError, lastAnswer } = delivery;
  return (
    <Stack gap="xs">
      <Title order={3} size="h6" lh="28px">
        Last answer
      </Title>
      {lastAttemptAt ? (
        <Text size="sm">
          {lastStatus ? `Status ${lastStatus}` : "No answer"}, <Time at={lastAttemptAt} />
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          Not attempted yet. Earlier events of the same user are delivered first.
        </Text>
      )}
      {lastError && (
        <Text size="sm" c="var(--mantine-color-error)">
          {lastError}
        </Text>
      )}
      {lastAnswer ? (
        <Block label="Answer body">{lastAnswer}</Block>
      ) : (
        lastStatus != null && (
          <Text size="sm" c="dimmed">
            The answer had no body.
          </Text>
        )
      )}
    </Stack>
  );
};

function Redeliver({ delivery, reload }: { delivery: ShownDelivery; reload: () => void }) {
  const [{ error, fetching }, redeliver] = useMutation(RedeliverDocument);
  const [isQueued, setQueued] = useState(false);
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!isQueued) return;
    const timer = setTimeout(() => {
      setQueued(false);
      latest.current();
    }, OUTCOME_MS);
    return () => clearTimeout(timer);
  }, [isQueued]);
  const run = async (): Promise<void> => {
    const { error } = await redeliver(
      { deliveryId: delivery.id },
      { additionalTypenames: ["WebhookEndpoint"] },
    );
    setQueued(!error);
  };
  return (
    <Group gap="sm">
      <BusyButton
        variant="default"
        size="compact-sm"
        isBusy={fetching}
        onClick={run}
        aria-label={`Redeliver ${delivery.event.type}`}
      >
        Redeliver
      </BusyButton>
      <Text size="sm" c="dimmed" role="status">
        {isQueued ? "Sent again." : "Sends it again, with the same webhook-id."}
      </Text>
      {error && (
        <Alert role="alert" color="red">
          {failureText(error)}
        </Alert>
      )}
    </Group>
  );
}
