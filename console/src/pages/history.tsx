import { Anchor, Badge, Button, Center, Group, Paper, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useQuery } from "urql";
import { type Change, summaryOf } from "../change-words.ts";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Time } from "../parts/time.tsx";

const PAGE = 20;

const query = graphql(`
  query History($first: Int, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        node { version deployedAt deployedBy note changes { provider field before after } }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

/** All deployed versions, newest first. */
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
      <DocsHint path="docs/operating.md" />
      {data ? <Pages first={data.deployments} /> : error && <Failure error={error} retry={refresh} />}
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
      readonly changes: readonly Change[];
    };
  }[];
  readonly pageInfo: { readonly endCursor?: string | null; readonly hasNextPage: boolean };
};

function Pages({ first }: { first: Connection }) {
  const live = first.edges[0]?.node.version;
  const [more, setMore] = useState(0);
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      <Versions connection={first} live={live} />
      <Following pageInfo={first.pageInfo} pages={more} live={live} onMore={() => setMore(more + 1)} />
    </Stack>
  );
}

interface FollowingOptions {
  /** Of the previous page. Each page starts at its current end, so that a new version leaves no gap. */
  readonly pageInfo: Connection["pageInfo"];
  /** The number of further pages to show. */
  readonly pages: number;
  readonly live: number | undefined;
  onMore(): void;
}

function Following({ pageInfo: { hasNextPage, endCursor }, pages, live, onMore }: FollowingOptions) {
  if (!hasNextPage || !endCursor) return null;
  if (pages > 0) return <NextPage after={endCursor} pages={pages - 1} live={live} onMore={onMore} />;
  return (
    <Centered>
      <Button variant="default" onClick={onMore}>
        Show more
      </Button>
    </Centered>
  );
}

function NextPage({ after, ...options }: Omit<FollowingOptions, "pageInfo"> & { after: string }) {
  const [{ data, error }, retry] = useQuery({ query, variables: { first: PAGE, after } });
  if (data) {
    return (
      <>
        <Versions connection={data.deployments} live={options.live} />
        <Following pageInfo={data.deployments.pageInfo} {...options} />
      </>
    );
  }
  return (
    <Centered>
      {error ? (
        <Failure error={error} retry={() => retry({ requestPolicy: "network-only" })} />
      ) : (
        <Text role="status" size="sm">
          Loading…
        </Text>
      )}
    </Centered>
  );
}

const Centered = ({ children }: { children: ReactNode }) => <Center component="li">{children}</Center>;

const Versions = ({ connection, live }: { connection: Connection; live: number | undefined }) =>
  connection.edges.map(({ node: { version, deployedAt, deployedBy, note, changes } }) => (
    <Paper key={version} component="li" withBorder p="md">
      <Group gap="xs">
        <Anchor component={Link} to={`/authentication/history/${version}`} fw={600} underline="always">
          Version {version}
        </Anchor>
        {version === live && (
          <Badge
            color="green"
            variant="light"
            tt="none"
            leftSection={<IconCircleCheck size={12} aria-hidden />}
          >
            Live
          </Badge>
        )}
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          by {deployedBy}, <Time at={deployedAt} />
        </Text>
      </Group>
      {note && (
        <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
          {note}
        </Text>
      )}
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {summaryOf(changes)}
      </Text>
    </Paper>
  ));
