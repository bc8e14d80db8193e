import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { Link } from "react-router";
import { draftTypes } from "../draft/draft-query.ts";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Failure } from "../parts/failure.tsx";
import { useLongList } from "../parts/long-list.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { AddProvider } from "../provider/add-provider.tsx";
import { ProviderBadges } from "../provider/provider-badges.tsx";

const query = graphql(`
  query Providers {
    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }
    providerTypes { type displayName }
  }
`);

/** All providers with their live and drafted state. */
export default function ProvidersPage() {
  const { data, error, isLoading, refresh } = useLiveQuery({ query, variables: {}, types: draftTypes });
  const { shown, filter, more } = useLongList(data?.providers ?? [], {
    textOf: ({ name, displayName, type }) => `${name} ${displayName} ${type}`,
    label: "Find a provider",
    noun: "provider",
    portion: 50,
  });
  if (isLoading) return <PageSkeleton />;
  if (!data) {
    return (
      <>
        <PageTitle>Providers</PageTitle>
        {error && <Failure error={error} retry={refresh} />}
      </>
    );
  }
  const { providers, providerTypes } = data;
  return (
    <>
      <PageTitle actions={<AddProvider types={providerTypes} taken={providers.map(({ name }) => name)} />}>
        Providers
      </PageTitle>
      <DocsHint path="docs/providers.md" />
      {filter}
      {providers.length === 0 && (
        <EmptyState icon={IconLogin2} title="No providers">
          Add a provider so that users can log in.
        </EmptyState>
      )}
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {shown.map((provider) => (
          <Paper key={provider.name} component="li" withBorder p="md">
            <Group justify="space-between">
              <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
                <Anchor
                  component={Link}
                  to={`/authentication/providers/${encodeURIComponent(provider.name)}`}
                  fw={600}
                  underline="always"
                >
                  {provider.displayName}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {provider.name}
                  {provider.type !== provider.name && ` (${provider.type})`}
                </Text>
              </div>
              <ProviderBadges provider={provider} />
            </Group>
          </Paper>
        ))}
      </Stack>
      {more}
    </>
  );
}
