import { NativeSelect, Stack, Title } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";
import { ChangeList, type NamedProvider } from "../parts/change-list.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";

const query = graphql(`
  query CompareDeployments($from: Int!, $to: Int!) {
    compareDeployments(from: $from, to: $to) { provider field before after }
  }
`);

/** The differences between this version and another one, which is addressable as `?against`. */
export function Comparison({
  version,
  live,
  providers,
}: {
  version: number;
  live: number;
  providers: readonly NamedProvider[];
}) {
  const [parameters, setParameters] = useSearchParams();
  // Versions are numbered without gaps.
  const others = Array.from({ length: live }, (_, index) => live - index).filter((each) => each !== version);
  const requested = Number(parameters.get("against"));
  const against = others.includes(requested)
    ? requested
    : others.includes(version - 1)
      ? version - 1
      : others[0];
  if (against === undefined) return null;
  return (
    <Stack component="section" aria-labelledby="comparison-title">
      <Title order={2} size="h4" id="comparison-title">
        Compare versions
      </Title>
      <NativeSelect
        label="Compare with"
        value={String(against)}
        onChange={({ currentTarget: { value } }) =>
          setParameters(
            (before) => {
              const after = new URLSearchParams(before);
              after.set("against", value);
              return after;
            },
            { replace: true },
          )
        }
        data={others.map((each) => ({
          value: String(each),
          label: each === live ? `Version ${each} (live)` : `Version ${each}`,
        }))}
        maw={240}
      />
      <Differences from={against} to={version} providers={providers} />
    </Stack>
  );
}

function Differences({
  from,
  to,
  providers,
}: {
  from: number;
  to: number;
  providers: readonly NamedProvider[];
}) {
  const [{ data, error }, retry] = useQuery({ query, variables: { from, to } });
  if (data) return <ChangeList changes={data.compareDeployments} providers={providers} />;
  return error ? (
    <Failure error={error} retry={() => retry({ requestPolicy: "network-only" })} />
  ) : (
    <PageSkeleton rows={2} />
  );
}
