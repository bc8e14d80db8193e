import { Alert, Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";
import { deploymentTypes, isOpen, useDraft } from "../draft/draft-query.ts";
import { Impact } from "../draft/impact.tsx";
import { useTypedNames } from "../draft/typed-names.tsx";
import type { ReviewRedeployQuery } from "../graphql/graphql.ts";
import { graphql } from "../graphql/index.ts";
import { BusyButton } from "../parts/busy-button.tsx";
import { ChangeList, type NamedProvider } from "../parts/change-list.tsx";
import { DialogFooter } from "../parts/dialog-footer.tsx";
import { Failure, failureText } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { useFocusReturn } from "../parts/use-focus-return.ts";

const query = graphql(`
  query ReviewRedeploy($version: Int!) {
    reviewRedeploy(version: $version) {
      baseVersion
      changes { provider field before after }
      impact { provider identities usersLosingAccess activeSessions }
      dangers { provider }
    }
  }
`);
const redeployVersion = graphql(`
  mutation Redeploy($version: Int!, $baseVersion: Int) {
    redeploy(version: $version, baseVersion: $baseVersion) { version }
  }
`);

interface Options {
  readonly version: number;
  readonly providers: readonly NamedProvider[];
  onRedeployed(version: number): void;
  onClose(): void;
}

/** Reviews the changes and impact of redeploying an old version. */
export function RedeployDialog(options: Options) {
  useFocusReturn();
  const isPhone = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      opened
      onClose={options.onClose}
      title={`Redeploy version ${options.version}?`}
      size="xl"
      fullScreen={isPhone ?? false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Loaded {...options} />
    </Modal>
  );
}

function Loaded(options: Options) {
  const [{ data, error, fetching }, ask] = useQuery({
    query,
    variables: { version: options.version },
    requestPolicy: "network-only",
  });
  const reload = (): void => ask({ requestPolicy: "network-only" });
  if (data && !fetching) {
    const review = data.reviewRedeploy;
    return <RedeployForm key={review.baseVersion} review={review} reload={reload} {...options} />;
  }
  return error ? <Failure error={error} retry={reload} /> : <PageSkeleton />;
}

function RedeployForm({
  review,
  version,
  providers,
  onRedeployed,
  onClose,
  reload,
}: Options & { review: ReviewRedeployQuery["reviewRedeploy"]; reload: () => void }) {
  const draft = useDraft().data?.draft;
  const [{ fetching }, redeploy] = useMutation(redeployVersion);
  const [problem, setProblem] = useState<{ text: string; isOutdated: boolean } | null>(null);
  const typedNames = useTypedNames(review.dangers);

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!typedNames.check()) return;
    const { data, error } = await redeploy(
      { version, baseVersion: review.baseVersion },
      // The review shown is not refetched: an error is explained beside it.
      { additionalTypenames: deploymentTypes.filter((type) => type !== "DeploymentReview") },
    );
    if (data) return onRedeployed(data.redeploy.version);
    if (!error) return;
    const isOutdated = error.graphQLErrors.some(({ extensions }) => extensions.code === "DRAFT_CONFLICT");
    setProblem({ text: failureText(error), isOutdated });
  };

  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text size="sm">
          The content of version {version} is deployed as version {review.baseVersion + 1}. Version{" "}
          {review.baseVersion} is live now.
        </Text>
        {isOpen(draft) && (
          <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="There are undeployed changes">
            <Text size="sm" c="var(--mantine-color-text)">
              The draft is kept, but has to be rebased on the new version before it can be deployed.
            </Text>
          </Alert>
        )}
        <Title order={3} size="h5">
          Changes
        </Title>
        <ChangeList changes={review.changes} providers={providers} />
        {review.impact.length > 0 && <Impact impact={review.impact} providers={providers} />}
        {typedNames.fields}
        {problem && (
          <Alert
            role="alert"
            color="red"
            icon={<IconAlertTriangle aria-hidden />}
            title="Nothing was deployed"
          >
            <Group justify="space-between">
              <Text size="sm">{problem.text}</Text>
              {problem.isOutdated && (
                <Button variant="default" size="xs" onClick={reload}>
                  Review again
                </Button>
              )}
            </Group>
          </Alert>
        )}
        <DialogFooter>
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <BusyButton type="submit" isBusy={fetching} disabled={review.changes.length === 0}>
            Redeploy
          </BusyButton>
        </DialogFooter>
      </Stack>
    </form>
  );
}
