import { Button } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { EventTable } from "../parts/events/event-table.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Pager } from "../parts/pager.tsx";
import { plural } from "../parts/plural.ts";
import { useEventFilter } from "./audit/event-filter.ts";
import { EventFilters } from "./audit/event-filters.tsx";
import { ExportButton } from "./audit/export-button.tsx";

const AuditDocument = graphql(`
  query AuditPage($filter: AuditEventFilter, $after: String) {
    auditEvents(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          ...EventFields
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export default function AuditPage() {
  const { filter, after, isFiltered, clear } = useEventFilter();
  const [result, query] = useQuery({
    query: AuditDocument,
    variables: { filter, after },
    requestPolicy: "cache-and-network",
  });
  return (
    <>
      <PageTitle actions={<ExportButton filter={filter} />}>Audit</PageTitle>
      <DocsHint path="docs/audit.md" />
      <EventFilters />
      <Loaded result={result} retry={() => query({ requestPolicy: "network-only" })}>
        {({ auditEvents: { edges, pageInfo } }) =>
          edges.length === 0 ? (
            <EmptyState icon={IconListSearch} title={isFiltered ? "No events match" : "No events yet"}>
              {isFiltered ? (
                <Button variant="default" size="xs" onClick={clear} mt="xs">
                  Clear filters
                </Button>
              ) : (
                "Actions of operators and permanent users, and failed logins, are recorded here."
              )}
            </EmptyState>
          ) : (
            <>
              <EventTable label="Events" events={edges.map(({ node }) => node)} />
              <Pager {...pageInfo} shown={plural(edges.length, "event")} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
