import { Alert, Anchor, Badge, Button, Divider, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { titlesOf } from "../change-words.ts";
import { graphql } from "../graphql/index.ts";
import { Comparison } from "../history/comparison.tsx";
import { RedeployDialog } from "../history/redeploy-dialog.tsx";
import { useLiveQuery } from "../live-query.ts";
import { ChangeList } from "../parts/change-list.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { Time } from "../parts/time.tsx";

const query = graphql(`
  query Deployment($version: Int!) {
    deployment(version: $version) {
      version
      deployedAt
      deployedBy
      note
      changes { provider field before after }
    }
    deployments(first: 1) { edges { node { version } } }
    providers { name displayName settingsSchema }
  }
`);

const LIST = "/authentication/history";
const MAX_VERSION = 2 ** 31 - 1;

/** One version: its changes, its differences from other versions, and redeploying it. */
export default function DeploymentPage() {
  const version = Number(useParams().version);
  const isNumber = Number.isInteger(version) && version > 0 && version <= MAX_VERSION;
  return (
    <>
      <Anchor component={Link} to={LIST} size="sm">
        ← History
      </Anchor>
      {isNumber ? <Version key={version} version={version} /> : <VersionNotFound />}
    </>
  );
}

const VersionNotFound = () => (
  <>
    <PageTitle>Version</PageTitle>
    <Alert color="gray" title="Version not found">
      See the history for all versions.
    </Alert>
  </>
);

function Version({ version }: { version: number }) {
  const navigate = useNavigate();
  const { state } = useLocation();
  const [isRedeploying, setRedeploying] = useState(false);
  const { data, error, isLoading, refresh } = useLiveQuery({
    query,
    variables: { version },
    types: ["Deployment", "Provider"],
    everySeconds: 15,
  });
  if (isLoading) return <PageSkeleton />;
  if (!data) return error ? <Failure error={error} retry={refresh} /> : null;
  const { deployment, deployments } = data;
  if (!deployment) return <VersionNotFound />;
  const live = deployments.edges[0]?.node.version ?? version;
  const providers = data.providers.map(({ settingsSchema, ...each }) => ({
    ...each,
    titles: titlesOf(settingsSchema),
  }));
  return (
    <>
      <PageTitle
        actions={
          version !== live && (
            <Button
              variant="default"
              leftSection={<IconHistory size={16} aria-hidden />}
              onClick={() => setRedeploying(true)}
            >
              Redeploy
            </Button>
          )
        }
      >
        {`Version ${version}`}
      </PageTitle>
      <div role="status">
        {state?.redeployed === version && (
          <Alert color="green" icon={<IconCircleCheck aria-hidden />} mb="lg">
            <Text size="sm" c="var(--mantine-color-text)">
              Version {version} is live.
            </Text>
          </Alert>
        )}
      </div>
      <Stack>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {version === live && (
            <Badge
              color="green"
              variant="light"
              tt="none"
              mr="xs"
              leftSection={<IconCircleCheck size={12} aria-hidden />}
            >
              Live
            </Badge>
          )}
          Deployed by {deployment.deployedBy}, <Time at={deployment.deployedAt} />
          {deployment.note && `: ${deployment.note}`}
        </Text>
        <Title order={2} size="h4">
          Changes in this version
        </Title>
        <ChangeList changes={deployment.changes} providers={providers} />
        <Divider />
        <Comparison version={version} live={live} providers={providers} />
      </Stack>
      {isRedeploying && (
        <RedeployDialog
          version={version}
          providers={providers}
          onRedeployed={(next) => navigate(`${LIST}/${next}`, { state: { redeployed: next } })}
          onClose={() => setRedeploying(false)}
        />
      )}
    </>
  );
}
