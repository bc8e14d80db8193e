import { Anchor, Badge, Code, Group, Stack, Text } from "@mantine/core";
import { IconWebhookOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Panel } from "../parts/panel.tsx";
import { Term } from "../parts/term.tsx";
import { When } from "../parts/when.tsx";
import { Deliveries } from "./webhook/deliveries.tsx";
import { EndpointActions } from "./webhook/endpoint-actions.tsx";
import { type TestResult, TestResultAlert } from "./webhook/test-result.tsx";
import classes from "./webhook/webhook.module.css";
import { nameOf, type ShownEndpoint } from "./webhooks/endpoint-fields.ts";
import { Backlog, HealthBadge, Trouble } from "./webhooks/health.tsx";

const query = graphql(`
  query WebhookEndpoint {
    webhookEndpoints {
      ...EndpointFields
    }
  }
`);

export default function WebhookPage() {
  const { endpoint = "" } = useParams();
  // The key resets all state when another endpoint is opened.
  return <WebhookOf key={endpoint} id={endpoint} />;
}

/** One endpoint: its health, what operators can do with it, and its deliveries. */
function WebhookOf({ id }: { id: string }) {
  const { data, error, isLoading, refresh } = useLiveQuery({
    query,
    variables: {},
    types: ["WebhookEndpoint", "WebhookDelivery"],
    everySeconds: 10,
  });
  const [tested, setTested] = useState<TestResult | null>(null);
  if (isLoading) return <PageSkeleton />;
  const endpoint = data?.webhookEndpoints.find((each) => each.id === id);
  if (!endpoint) return error ? <Failure error={error} retry={refresh} /> : <NoEndpoint id={id} />;
  return (
    <>
      <PageTitle actions={<EndpointActions endpoint={endpoint} onTested={setTested} />}>
        {nameOf(endpoint)}
      </PageTitle>
      <DocsHint path="docs/events.md" />
      <Stack gap="lg">
        {error && <Failure error={error} retry={refresh} />}
        <TestResultAlert result={tested} close={() => setTested(null)} />
        <Facts endpoint={endpoint} />
        <Deliveries endpoint={endpoint} />
      </Stack>
    </>
  );
}

const Facts = ({ endpoint }: { endpoint: ShownEndpoint }) => (
  <Panel title="Details" actions={<HealthBadge endpoint={endpoint} />}>
    <Trouble endpoint={endpoint} />
    <dl className={classes.facts}>
      <Term className={classes.wide} label="URL">
        <Group gap={4} wrap="nowrap">
          <Code className={classes.code}>{endpoint.url}</Code>
          <CopyButton value={endpoint.url} label="Copy the URL" />
        </Group>
      </Term>
      <Term label="Last delivered">
        <When at={endpoint.lastDeliveredAt} />
      </Term>
      <Term label="Waiting">
        <Backlog endpoint={endpoint} />
      </Term>
      <Term label="Created">
        <When at={endpoint.createdAt} />
      </Term>
      <Term label="Receipts">
        {endpoint.requiresReceipt ? (
          <>
            required:{" "}
            <Anchor component={Link} to={`/erasure?endpoint=${encodeURIComponent(endpoint.id)}`} inherit>
              those of this endpoint
            </Anchor>
          </>
        ) : (
          "not required"
        )}
      </Term>
      <Term className={classes.wide} label="Events">
        {endpoint.types ? (
          <Group gap={4}>
            {endpoint.types.map((type) => (
              <Badge key={type} variant="default" tt="none" fw={500}>
                {type}
              </Badge>
            ))}
          </Group>
        ) : (
          "all"
        )}
      </Term>
    </dl>
  </Panel>
);

const NoEndpoint = ({ id }: { id: string }) => (
  <>
    <PageTitle>Webhook endpoint</PageTitle>
    <EmptyState icon={IconWebhookOff} title="Endpoint not found">
      <Text span inherit>
        There is no endpoint {id}. It may have been deleted.
      </Text>{" "}
      <Anchor component={Link} to="/webhooks" inherit underline="always">
        Back to all endpoints
      </Anchor>
    </EmptyState>
  </>
);
