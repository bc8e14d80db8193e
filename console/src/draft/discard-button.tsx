import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "urql";
import { graphql } from "../graphql/index.ts";
import { Confirmation } from "../parts/confirmation.tsx";
import { type Draft, draftTypes } from "./draft-query.ts";

const discardDraft = graphql(`
  mutation DiscardDraft($draftRevision: String) {
    discardDraft(draftRevision: $draftRevision)
  }
`);

/** Discards the draft after confirmation. */
export function DiscardButton({
  draft,
  onDiscarded,
}: {
  draft: Pick<Draft, "revision">;
  onDiscarded?: () => void;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  const [, discard] = useMutation(discardDraft);
  return (
    <>
      <Button variant="default" onClick={open}>
        Discard
      </Button>
      <Confirmation
        isOpen={isOpen}
        close={close}
        title="Discard the draft?"
        action="Discard the draft"
        act={() => discard({ draftRevision: draft.revision }, { additionalTypenames: draftTypes })}
        onDone={() => onDiscarded?.()}
      >
        All changes saved since the last deployment are deleted, including those of other operators. The live
        configuration does not change.
      </Confirmation>
    </>
  );
}
