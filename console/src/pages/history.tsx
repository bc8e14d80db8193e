import { Anchor, Badge, Button, Paper, Stack, Table, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Time } from "../parts/time.tsx";

const PAGE = 20;

const query = graphql(`
  query History($first: Int, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        node { version deployedAt deployedBy note changes { provider } }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

/** Every version that is, or was, live, newest first. */
export default function HistoryPage() {
  const { data, error, isLoading, refresh } = useLiveQuery({
    query,
    variables: { first: PAGE, after: null },
    types: ["Deployment"],
    everySeconds: 15,
  });
  if (isLoading) return <PageSkeleton />;
  return (
    <>
      <PageTitle>History</PageTitle>
      {data ? <Versions first={data.deployments} /> : error && <Failure error={error} retry={refresh} />}
    </>
  );
}

type Connection = {
  readonly edges: readonly {
    readonly node: {
      readonly version: number;
      readonly deployedAt: string;
      readonly deployedBy: string;
      readonly note?: string | null;
      readonly changes: readonly { readonly provider: string }[];
    };
  }[];
  readonly pageInfo: { readonly endCursor?: string | null; readonly hasNextPage: boolean };
};

function Versions({ first }: { first: Connection }) {
  const live = first.edges[0]?.node.version;
  const [more, setMore] = useState(0);
  return (
    <Paper withBorder style={{ overflowX: "auto" }}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {["Version", "When", "By", "What"].map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Rows connection={first} live={live} />
        <Following pageInfo={first.pageInfo} pages={more} live={live} onMore={() => setMore(more + 1)} />
      </Table>
    </Paper>
  );
}

interface FollowingOptions {
  /** Of the page before. A page begins where that one ends now, so that a new version leaves no gap between them. */
  readonly pageInfo: Connection["pageInfo"];
  /** How many more are asked for. */
  readonly pages: number;
  readonly live: number | undefined;
  onMore(): void;
}

function Following({ pageInfo: { hasNextPage, endCursor }, pages, live, onMore }: FollowingOptions) {
  if (!hasNextPage || !endCursor) return null;
  if (pages > 0) return <NextPage after={endCursor} pages={pages - 1} live={live} onMore={onMore} />;
  return (
    <OneCell>
      <Button variant="default" onClick={onMore}>
        Show more
      </Button>
    </OneCell>
  );
}

function NextPage({ after, ...options }: Omit<FollowingOptions, "pageInfo"> & { after: string }) {
  const [{ data, error }, retry] = useQuery({ query, variables: { first: PAGE, after } });
  if (data) {
    return (
      <>
        <Rows connection={data.deployments} live={options.live} />
        <Following pageInfo={data.deployments.pageInfo} {...options} />
      </>
    );
  }
  return (
    <OneCell>
      {error ? (
        <Failure error={error} retry={() => retry({ requestPolicy: "network-only" })} />
      ) : (
        <Text role="status" size="sm">
          Loading…
        </Text>
      )}
    </OneCell>
  );
}

const OneCell = ({ children }: { children: ReactNode }) => (
  <Table.Tbody>
    <Table.Tr>
      <Table.Td colSpan={4} ta="center">
        {children}
      </Table.Td>
    </Table.Tr>
  </Table.Tbody>
);

const Rows = ({ connection, live }: { connection: Connection; live: number | undefined }) => (
  <Table.Tbody>
    {connection.edges.map(({ node }) => (
      <Table.Tr key={node.version} style={{ verticalAlign: "top" }}>
        <Table.Th scope="row" fw={500}>
          <Stack gap={4} align="flex-start">
            <Anchor component={Link} to={`/authentication/history/${node.version}`} underline="always">
              Version {node.version}
            </Anchor>
            {node.version === live && (
              <Badge
                color="green"
                variant="light"
                tt="none"
                leftSection={<IconCircleCheck size={12} aria-hidden />}
              >
                Live
              </Badge>
            )}
          </Stack>
        </Table.Th>
        <Table.Td style={{ whiteSpace: "nowrap" }}>
          <Time at={node.deployedAt} />
        </Table.Td>
        <Table.Td style={{ overflowWrap: "anywhere", minWidth: 90 }}>{node.deployedBy}</Table.Td>
        <Table.Td style={{ overflowWrap: "anywhere", minWidth: 160 }}>
          {node.note && <Text size="sm">{node.note}</Text>}
          <Text size="sm" c="dimmed">
            {[...new Set(node.changes.map(({ provider }) => provider))].join(", ") || "No changes"}
          </Text>
        </Table.Td>
      </Table.Tr>
    ))}
  </Table.Tbody>
);
