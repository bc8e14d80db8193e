import { Alert, Button, Group, Text } from "@mantine/core";
import { IconGitPullRequestDraft } from "@tabler/icons-react";
import { Time } from "../parts/time.tsx";
import { DiscardButton } from "./discard-button.tsx";
import { isOpen, useDraft } from "./draft-query.ts";
import { useReviewAddress } from "./review-address.ts";

/** Shown on every page while there are undeployed changes. */
export function DraftBanner() {
  const { data } = useDraft();
  const review = useReviewAddress();
  const draft = data?.draft;
  return (
    <div aria-live="polite">
      {isOpen(draft) && (
        <Alert
          component="section"
          role="region"
          aria-label="Undeployed changes"
          color="yellow"
          icon={<IconGitPullRequestDraft aria-hidden />}
          title={draft.overtakenBy.length > 0 ? "The draft is out of date" : "Undeployed changes"}
          mb="lg"
        >
          <Group justify="space-between">
            <Text size="sm" c="var(--mantine-color-text)" flex="1 1 260px">
              Last saved by {draft.updatedBy}, <Time at={draft.updatedAt} />.{" "}
              {draft.overtakenBy.length > 0
                ? "Another version was deployed after this draft was started. Review it to keep or discard these changes."
                : "These changes are not live until you deploy."}
            </Text>
            <Group gap="xs">
              <DiscardButton draft={draft} />
              <Button onClick={review.open}>Review &amp; Deploy Changes</Button>
            </Group>
          </Group>
        </Alert>
      )}
    </div>
  );
}
