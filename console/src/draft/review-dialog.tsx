import { Anchor, Button, Modal, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { titlesOf } from "../change-words.ts";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { useFocusReturn } from "../parts/use-focus-return.ts";
import { DeployForm } from "./deploy-form.tsx";
import { draftTypes, isOpen, useDraft } from "./draft-query.ts";
import { Overtaken } from "./overtaken.tsx";

const query = graphql(`
  query Review {
    review {
      draftRevision
      changes { provider field before after }
      impact { provider identities usersLosingAccess activeSessions }
      dangers { provider }
    }
    providers { name displayName settingsSchema }
  }
`);

/** The draft's changes, their impact, and the button that deploys them. */
export default function ReviewDialog({ onClose }: { onClose: () => void }) {
  const isPhone = useMediaQuery("(max-width: 48em)");
  useFocusReturn();
  const [liveVersion, setLiveVersion] = useState<number | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title="Review & Deploy Changes"
      size="xl"
      fullScreen={isPhone ?? false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {liveVersion === null ? (
        <Review onDeployed={setLiveVersion} onClose={onClose} />
      ) : (
        <Deployed version={liveVersion} onClose={onClose} />
      )}
    </Modal>
  );
}

const Deployed = ({ version, onClose }: { version: number; onClose: () => void }) => (
  <Stack>
    <Text role="status" fw={600}>
      Version {version} is live.
    </Text>
    <Text size="sm">
      Every gateway applies it within a second.{" "}
      <Anchor component={Link} to={`/authentication/history/${version}`} underline="always">
        View in history
      </Anchor>
    </Text>
    <Button onClick={onClose} ml="auto" autoFocus>
      Close
    </Button>
  </Stack>
);

function Review({ onDeployed, onClose }: { onDeployed: (version: number) => void; onClose: () => void }) {
  const { data, error, refresh } = useLiveQuery({ query, variables: {}, types: draftTypes });
  const draft = useDraft();
  const isMatched = useRef(false);
  const revision = draft.data?.draft?.revision;
  // While the review is open, a changed draft refetches it, so that the counts shown belong to the current draft.
  // biome-ignore lint/correctness/useExhaustiveDependencies: refetched for each revision of the draft, not for each result
  useEffect(() => {
    if (revision !== undefined && data && data.review?.draftRevision !== revision) refresh();
  }, [revision]);
  if (!data || !draft.data) {
    const failure = error ?? draft.error;
    if (!failure) return <PageSkeleton />;
    return (
      <Failure
        error={failure}
        retry={() => {
          refresh();
          draft.refresh();
        }}
      />
    );
  }
  const providers = data.providers.map(({ settingsSchema, ...each }) => ({
    ...each,
    titles: titlesOf(settingsSchema),
  }));
  const current = draft.data.draft;
  const isOvertaken = !!current && current.overtakenBy.length > 0;
  if (isOvertaken) isMatched.current = false;
  else if (data.review?.draftRevision === current?.revision) isMatched.current = true;
  if (!data.review || !isOpen(current)) {
    return (
      <Stack>
        <Text role="status">
          There is nothing to deploy. The draft is empty, or another operator deployed or discarded it.
        </Text>
        <Button variant="default" onClick={onClose} ml="auto">
          Close
        </Button>
      </Stack>
    );
  }
  if (isOvertaken) {
    return <Overtaken draft={current} providers={providers} onResolved={refresh} />;
  }
  // Review and draft are separate queries: the form mounts only once the review matches the draft's revision.
  if (!isMatched.current) return <PageSkeleton />;
  return (
    <DeployForm
      review={data.review}
      draft={current}
      providers={providers}
      onDeployed={onDeployed}
      onClose={onClose}
      refresh={() => {
        refresh();
        draft.refresh();
      }}
    />
  );
}
