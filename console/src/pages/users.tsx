import { Alert, Button, Group } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useLocation } from "react-router";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Pager } from "../parts/pager.tsx";
import { plural } from "../parts/plural.ts";
import { Filters } from "./users/filters.tsx";
import { Search } from "./users/search.tsx";
import { useUserFilter } from "./users/user-filter.ts";
import { UserTable } from "./users/user-table.tsx";

const UsersDocument = graphql(`
  query Users($filter: UserFilter, $after: String) {
    users(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          id
          isAnonymous
          disabled
          createdAt
          lastLoginAt
          expiresAt
          identities {
            id
            provider
            email
            canSignIn
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export default function UsersPage() {
  const { filter, after, isFiltered, clear } = useUserFilter();
  const [result, reload] = useQuery({
    query: UsersDocument,
    variables: { filter, after },
    requestPolicy: "cache-and-network",
  });
  const { state } = useLocation();
  const deleted: unknown = state?.deleted;
  return (
    <>
      <PageTitle>Users</PageTitle>
      <DocsHint path="docs/console.md" />
      {typeof deleted === "string" && (
        <Alert role="status" color="teal" mb="md">
          User {deleted} was deleted.
        </Alert>
      )}
      <Search />
      <Filters />
      <Loaded result={result} retry={() => reload({ requestPolicy: "network-only" })}>
        {({ users: { edges, pageInfo } }) =>
          edges.length === 0 ? (
            <NoUsers isFiltered={isFiltered} clear={clear} />
          ) : (
            <>
              <UserTable users={edges.map(({ node }) => node)} isStale={result.fetching} />
              <Pager {...pageInfo} shown={plural(edges.length, "user")} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

const NoUsers = ({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) =>
  isFiltered ? (
    <EmptyState icon={IconUsers} title="No users match">
      <Group justify="center" mt="xs">
        <Button variant="default" size="xs" onClick={clear}>
          Clear filters
        </Button>
      </Group>
    </EmptyState>
  ) : (
    <EmptyState icon={IconUsers} title="No users yet">
      Users appear here after their first login. To create an anonymous user, send{" "}
      <code>{"mutation { loginAnonymous { accessToken } }"}</code> to <code>/graphql</code>.
    </EmptyState>
  );
