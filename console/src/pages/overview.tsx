import "@mantine/charts/styles.css";
import { SegmentedControl } from "@mantine/core";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";
import { useAddressParameters } from "../parts/address-parameters.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { ActiveSessions } from "./overview/active-sessions.tsx";
import { AnonymousAges } from "./overview/anonymous-ages.tsx";
import { Conversion } from "./overview/conversion.tsx";
import { FailedLogins } from "./overview/failed-logins.tsx";
import { Logins } from "./overview/logins.tsx";
import classes from "./overview/overview.module.css";
import { OverviewSkeleton } from "./overview/overview-skeleton.tsx";
import { Patterns } from "./overview/patterns.tsx";
import { orderProviders } from "./overview/series.ts";

const StatisticsDocument = graphql(`
  query Overview($days: Int!) {
    statistics(days: $days) {
      logins {
        day
        total
        byProvider {
          provider
          count
        }
      }
      failedLogins {
        day
        total
        byCode {
          code
          count
        }
      }
      conversion {
        weekOf
        arrived
        linked
        merged
      }
      anonymousUsers {
        total
        expireAfterDays
        expiringWithinWeek
        byAge {
          ageDays
          users
        }
      }
      activeSessions {
        total
        countedAt
        byProvider {
          provider
          count
        }
      }
    }
  }
`);

const ranges = ["7", "30", "90"];

export default function OverviewPage() {
  const { read, write } = useAddressParameters<"days">();
  const requested = read("days") ?? "30";
  const days = ranges.includes(requested) ? requested : "30";
  const [result, query] = useQuery({
    query: StatisticsDocument,
    variables: { days: Number(days) },
    requestPolicy: "cache-and-network",
  });
  return (
    <>
      <PageTitle
        actions={
          <SegmentedControl
            aria-label="Time range"
            data={ranges.map((value) => ({ value, label: `${value} days` }))}
            value={days}
            onChange={(value) => write({ days: value })}
          />
        }
      >
        Overview
      </PageTitle>
      <DocsHint path="docs/console.md" />
      <Loaded
        result={result}
        retry={() => query({ requestPolicy: "network-only" })}
        skeleton={<OverviewSkeleton />}
      >
        {({ statistics }) => {
          const providers = orderProviders(statistics);
          return (
            <div className={classes.charts} aria-busy={result.fetching}>
              <Patterns />
              <Logins logins={statistics.logins} providers={providers} />
              <Conversion conversion={statistics.conversion} />
              <AnonymousAges anonymousUsers={statistics.anonymousUsers} />
              <FailedLogins failedLogins={statistics.failedLogins} />
              <ActiveSessions activeSessions={statistics.activeSessions} providers={providers} />
            </div>
          );
        }}
      </Loaded>
    </>
  );
}
