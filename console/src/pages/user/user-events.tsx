import { Anchor, Skeleton } from "@mantine/core";
import { Link } from "react-router";
import { useQuery } from "urql";
import { graphql } from "../../graphql/index.ts";
import { EventTable } from "../../parts/events/event-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";

const EventsDocument = graphql(`
  query UserEvents($id: ID!) {
    auditEvents(first: 10, filter: { userId: $id }) {
      edges {
        node {
          ...EventFields
        }
      }
    }
  }
`);

/** Loads again after a change of the user. */
const context = { additionalTypenames: ["User"] };

/** The latest audit events of a user, including those of former ids. */
export function UserEvents({ id }: { id: string }) {
  const [result, query] = useQuery({
    query: EventsDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
    context,
  });
  return (
    <Panel
      title="Events"
      actions={
        <Anchor component={Link} to={`/audit?user=${encodeURIComponent(id)}`} size="sm">
          All events of this user
        </Anchor>
      }
    >
      <Loaded
        result={result}
        retry={() => query({ requestPolicy: "network-only" })}
        skeleton={<Skeleton height={120} />}
      >
        {({ auditEvents: { edges } }) =>
          edges.length === 0 ? (
            <Nothing>No events.</Nothing>
          ) : (
            <EventTable label="Events" events={edges.map(({ node }) => node)} />
          )
        }
      </Loaded>
    </Panel>
  );
}
