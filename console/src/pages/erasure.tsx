import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock, IconEraser } from "@tabler/icons-react";
import { Link } from "react-router";
import { useQuery } from "urql";
import type { ErasureQuery } from "../graphql/graphql.ts";
import { graphql } from "../graphql/index.ts";
import { Absent } from "../parts/absent.tsx";
import { Clipped } from "../parts/clipped.tsx";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Pager } from "../parts/pager.tsx";
import { plural } from "../parts/plural.ts";
import { type RecordColumn, Records } from "../parts/records.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { UserId } from "../parts/user-id.tsx";
import { When } from "../parts/when.tsx";
import { Owed } from "./erasure/owed.tsx";
import { ReceiptDetail } from "./erasure/receipt-detail.tsx";
import { useReceiptFilter } from "./erasure/receipt-filter.ts";
import { ReceiptFilters } from "./erasure/receipt-filters.tsx";
import { nameOf } from "./webhooks/endpoint-fields.ts";

const ErasureDocument = graphql(`
  query Erasure($state: ReceiptState, $userId: ID, $endpointId: ID, $newestFirst: Boolean!, $after: String) {
    owedReceipts {
      outstanding
      overdue
    }
    webhookEndpoints {
      id
      url
      description
      requiresReceipt
    }
    purgeReceipts(
      state: $state
      userId: $userId
      endpointId: $endpointId
      newestFirst: $newestFirst
      first: 50
      after: $after
    ) {
      edges {
        node {
          id
          eventId
          eventType
          endpointId
          endpointDescription
          userId
          formerUserId
          requestedAt
          dueAt
          receivedAt
          receipt
          state
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export type ShownReceipt = ErasureQuery["purgeReceipts"]["edges"][number]["node"];
type Endpoints = ErasureQuery["webhookEndpoints"];

/** Which endpoints confirmed that they purged or moved the data of users that are gone. */
export default function ErasurePage() {
  const { filter, after, isFiltered, clear } = useReceiptFilter();
  const [result, query] = useQuery({
    query: ErasureDocument,
    variables: { ...filter, after },
    requestPolicy: "cache-and-network",
  });
  return (
    <>
      <PageTitle>Erasure</PageTitle>
      <DocsHint path="docs/events.md" />
      <Loaded result={result} retry={() => query({ requestPolicy: "network-only" })}>
        {({ owedReceipts, webhookEndpoints, purgeReceipts: { edges, pageInfo } }) => (
          <>
            <Owed {...owedReceipts} />
            <ReceiptFilters endpoints={webhookEndpoints} />
            {edges.length === 0 ? (
              <NoReceipts endpoints={webhookEndpoints} isFiltered={isFiltered} clear={clear} />
            ) : (
              <>
                <Records
                  label="Purge receipts"
                  columns={columnsOf(webhookEndpoints)}
                  rows={edges.map(({ node }) => node)}
                  keyOf={({ id }) => id}
                  detail={(receipt) => <ReceiptDetail receipt={receipt} />}
                />
                <Pager {...pageInfo} shown={plural(edges.length, "receipt")} />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

const reasons: Readonly<Record<string, string>> = {
  "user.deleted": "deleted",
  "user.expired": "expired",
  "user.merged": "merged",
};

const columnsOf = (endpoints: Endpoints): readonly RecordColumn<ShownReceipt>[] => [
  {
    label: "User",
    isShort: true,
    cell: ({ userId, formerUserId }) => <UserId id={formerUserId ?? userId} />,
  },
  { label: "Was", isShort: true, cell: ({ eventType }) => reasons[eventType] ?? eventType },
  { label: "Endpoint", cell: (receipt) => <Endpoint receipt={receipt} endpoints={endpoints} /> },
  { label: "Requested", isShort: true, cell: ({ requestedAt }) => <When at={requestedAt} /> },
  {
    label: "Receipt",
    isShort: true,
    cell: (receipt) => (
      <Group gap={4}>
        <ReceiptStateBadge receipt={receipt} />
        <DueOrReceived receipt={receipt} />
      </Group>
    ),
  },
  { label: "Text", cell: ({ receipt }) => (receipt ? <Clipped maw={160}>{receipt}</Clipped> : <Absent />) },
];

function Endpoint({ receipt, endpoints }: { receipt: ShownReceipt; endpoints: Endpoints }) {
  const { endpointId, endpointDescription } = receipt;
  const endpoint = endpoints.find(({ id }) => id === endpointId);
  if (endpoint) {
    return (
      <Anchor component={Link} to={`/webhooks/${encodeURIComponent(endpointId)}`} inherit>
        <Clipped>{nameOf(endpoint)}</Clipped>
      </Anchor>
    );
  }
  return (
    <Text span inherit title={endpointId}>
      {endpointDescription ?? `…${endpointId.slice(-6)}`}{" "}
      <Text span inherit c="dimmed">
        (deleted)
      </Text>
    </Text>
  );
}

function ReceiptStateBadge({ receipt: { state } }: { receipt: ShownReceipt }) {
  const [color, icon, label] = {
    OUTSTANDING: ["gray", IconClock, "Outstanding"] as const,
    OVERDUE: ["red", IconAlertTriangle, "Overdue"] as const,
    RECEIVED: ["green", IconCircleCheck, "Received"] as const,
  }[state];
  return <StateBadge {...{ color, icon, label }} />;
}

const DueOrReceived = ({ receipt: { receivedAt, dueAt } }: { receipt: ShownReceipt }) =>
  receivedAt ? (
    <When at={receivedAt} />
  ) : (
    <span>
      due <When at={dueAt} />
    </span>
  );

function NoReceipts({
  endpoints,
  isFiltered,
  clear,
}: {
  endpoints: Endpoints;
  isFiltered: boolean;
  clear: () => void;
}) {
  if (isFiltered) {
    return (
      <EmptyState icon={IconEraser} title="No receipts match">
        <Button variant="default" size="xs" onClick={clear} mt="xs">
          Clear filters
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconEraser} title="No purge receipts yet">
      When a user is deleted, expires or is merged, your servers have to purge or move the user's data.
      Endpoints that require a receipt confirm that they did, and their receipts appear here.
      <Text size="sm" mt="xs">
        {endpoints.some(({ requiresReceipt }) => requiresReceipt) ? (
          "An endpoint requires receipts, but no user was deleted, expired or merged since."
        ) : (
          <>
            No endpoint requires a receipt. Choose <em>Requires a receipt</em> at a{" "}
            <Anchor component={Link} to="/webhooks" inherit underline="always">
              webhook endpoint
            </Anchor>
            .
          </>
        )}
      </Text>
    </EmptyState>
  );
}
