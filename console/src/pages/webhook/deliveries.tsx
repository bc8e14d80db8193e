import { Button, NativeSelect, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "urql";
import type { DeliveryState, WebhookDeliveriesQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";
import { Absent } from "../../parts/absent.tsx";
import { useAddressFilter } from "../../parts/address-filter.ts";
import { FilterBar } from "../../parts/filter-bar.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { useNow } from "../../parts/now.ts";
import { PageSkeleton } from "../../parts/page-skeleton.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Panel } from "../../parts/panel.tsx";
import { plural } from "../../parts/plural.ts";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { SettledInput } from "../../parts/settled-input.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { UserId } from "../../parts/user-id.tsx";
import { When } from "../../parts/when.tsx";
import type { ShownEndpoint } from "../webhooks/endpoint-fields.ts";
import { TEST_TYPE } from "../webhooks/event-types.ts";
import { DeliveryDetail } from "./delivery-detail.tsx";

const DeliveriesDocument = graphql(`
  query WebhookDeliveries($endpointId: ID, $state: DeliveryState, $userId: ID, $after: String) {
    webhookDeliveries(
      endpointId: $endpointId
      state: $state
      userId: $userId
      newestFirst: true
      first: 50
      after: $after
    ) {
      edges {
        node {
          id
          event {
            id
            type
            at
            data
          }
          endpoint {
            url
          }
          state
          attempts
          createdAt
          nextAttemptAt
          lastAttemptAt
          lastStatus
          lastError
          lastAnswer
          deliveredAt
          requestBody
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export type ShownDelivery = WebhookDeliveriesQuery["webhookDeliveries"]["edges"][number]["node"];

const context = { additionalTypenames: ["WebhookDelivery"] };
const names = ["state", "user"] as const;
const states: Readonly<Record<string, DeliveryState>> = {
  pending: "PENDING",
  delivered: "DELIVERED",
  parked: "PARKED",
};

const toFilter = (read: (name: (typeof names)[number]) => string | null) => ({
  state: states[read("state") ?? ""] ?? null,
  userId: read("user"),
});

/** The deliveries to one endpoint, newest first. They are not polled: rows would move while they are read. */
export function Deliveries({ endpoint }: { endpoint: ShownEndpoint }) {
  const address = useAddressFilter(names, toFilter);
  const { choice, settled, filter, after, isFiltered } = address;
  const [result, query] = useQuery({
    query: DeliveriesDocument,
    variables: { endpointId: endpoint.id, ...filter, after },
    requestPolicy: "cache-and-network",
    context,
  });
  const reload = (): void => query({ requestPolicy: "network-only" });
  return (
    <Panel
      title="Deliveries"
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={reload}
        >
          Refresh
        </Button>
      }
    >
      <FilterBar filter={address}>
        <NativeSelect
          label="State"
          data={[
            { value: "", label: "Any state" },
            { value: "pending", label: "Pending" },
            { value: "delivered", label: "Delivered" },
            { value: "parked", label: "Parked" },
          ]}
          {...choice("state")}
        />
        <SettledInput label="User" placeholder="User id" maxLength={512} {...settled("user")} />
      </FilterBar>
      <Loaded result={result} retry={reload} skeleton={<PageSkeleton rows={4} />}>
        {({ webhookDeliveries: { edges, pageInfo } }) =>
          edges.length === 0 ? (
            <Nothing>
              {isFiltered
                ? "No deliveries match."
                : "No deliveries yet. They appear here when something happens to a user, or after a test event."}
            </Nothing>
          ) : (
            <>
              <Records
                label="Deliveries"
                columns={columns}
                rows={edges.map(({ node }) => node)}
                keyOf={({ id }) => id}
                detail={(delivery) => <DeliveryDetail delivery={delivery} reload={reload} />}
              />
              <Pager {...pageInfo} shown={plural(edges.length, "delivery", "deliveries")} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

const columns: readonly RecordColumn<ShownDelivery>[] = [
  {
    label: "Event",
    cell: ({ event }) => (
      <Text span size="sm" fw={500}>
        {event.type}
      </Text>
    ),
  },
  { label: "User", isShort: true, cell: ({ event }) => <UserOf data={event.data} /> },
  { label: "State", isShort: true, cell: (delivery) => <DeliveryStateBadge delivery={delivery} /> },
  { label: "Attempts", isShort: true, cell: ({ attempts }) => attempts },
  { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Next attempt", isShort: true, cell: (delivery) => <NextAttempt delivery={delivery} /> },
];

function UserOf({ data }: { data: Readonly<Record<string, unknown>> }) {
  const { user } = data as { user?: { id?: unknown } };
  return typeof user?.id === "string" ? <UserId id={user.id} /> : <Absent />;
}

/** A test that failed is parked without having been retried. */
function DeliveryStateBadge({ delivery: { state, event, attempts } }: { delivery: ShownDelivery }) {
  const [color, icon, label] = {
    DELIVERED: ["green", IconCircleCheck, "Delivered"] as const,
    PENDING: [attempts > 0 ? "yellow" : "gray", IconClock, "Pending"] as const,
    PARKED: ["red", IconAlertTriangle, event.type === TEST_TYPE ? "Failed" : "Parked"] as const,
  }[state];
  return <StateBadge {...{ color, icon, label }} />;
}

function NextAttempt({ delivery: { nextAttemptAt } }: { delivery: ShownDelivery }) {
  const now = useNow();
  if (nextAttemptAt == null) return <Absent />;
  return Date.parse(nextAttemptAt) > now ? <When at={nextAttemptAt} /> : "due";
}
