import { Alert, Anchor, Badge, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { IconWebhook } from "@tabler/icons-react";
import { Link, useLocation } from "react-router";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { plural } from "../parts/plural.ts";
import { When } from "../parts/when.tsx";
import { CreateEndpoint } from "./webhooks/create-endpoint.tsx";
import { nameOf, type ShownEndpoint } from "./webhooks/endpoint-fields.ts";
import { Backlog, HealthBadge, Trouble } from "./webhooks/health.tsx";

const query = graphql(`
  query WebhookEndpoints {
    webhookEndpoints {
      ...EndpointFields
    }
  }
`);

/** All webhook endpoints with their health. */
export default function WebhooksPage() {
  const { data, error, isLoading, refresh } = useLiveQuery({
    query,
    variables: {},
    types: ["WebhookEndpoint", "WebhookDelivery"],
    everySeconds: 15,
  });
  const { state } = useLocation();
  const deleted: unknown = state?.deleted;
  if (isLoading) return <PageSkeleton />;
  return (
    <>
      <PageTitle actions={<CreateEndpoint />}>Webhooks</PageTitle>
      <DocsHint path="docs/events.md" />
      {typeof deleted === "string" && (
        <Alert role="status" color="teal" mb="md">
          The endpoint {deleted} was deleted.
        </Alert>
      )}
      {error && <Failure error={error} retry={refresh} />}
      {data?.webhookEndpoints.length === 0 && <NoEndpoints />}
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label="Endpoints">
        {data?.webhookEndpoints.map((endpoint) => (
          <Endpoint key={endpoint.id} endpoint={endpoint} />
        ))}
      </Stack>
    </>
  );
}

const NoEndpoints = () => (
  <EmptyState icon={IconWebhook} title="No webhook endpoints">
    Webhooks tell your servers what happens to users: a guest was merged, a user was deleted, a session ended.
    <Text size="sm" mt="xs">
      Start a server that receives events, for example with <Code>lifecycleHandler</Code> of{" "}
      <Code>passerby/subgraph</Code>. Then create an endpoint with its URL, give the server the signing
      secret, and send a test event.
    </Text>
  </EmptyState>
);

const Endpoint = ({ endpoint }: { endpoint: ShownEndpoint }) => (
  <Paper component="li" withBorder p="md">
    <Group justify="space-between" align="flex-start" wrap="nowrap">
      <Anchor
        component={Link}
        to={`/webhooks/${encodeURIComponent(endpoint.id)}`}
        fw={600}
        underline="always"
        style={{ overflowWrap: "anywhere" }}
      >
        {nameOf(endpoint)}
      </Anchor>
      <HealthBadge endpoint={endpoint} />
    </Group>
    <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {endpoint.url}
    </Text>
    <Trouble endpoint={endpoint} />
    <Group gap="xs" mt="xs">
      <Text size="sm" c="dimmed" component="div">
        {endpoint.types ? plural(endpoint.types.length, "event type") : "All events"} ·{" "}
        {endpoint.lastDeliveredAt ? (
          <>
            last delivered <When at={endpoint.lastDeliveredAt} />
          </>
        ) : (
          "nothing delivered yet"
        )}{" "}
        · <Backlog endpoint={endpoint} />
      </Text>
      {endpoint.requiresReceipt && (
        <Badge variant="default" tt="none" fw={500}>
          Requires a receipt
        </Badge>
      )}
    </Group>
  </Paper>
);
