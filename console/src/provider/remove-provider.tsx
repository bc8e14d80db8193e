import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useMutation } from "urql";
import { draftTypes } from "../draft/draft-query.ts";
import { graphql } from "../graphql/index.ts";
import { Confirmation } from "../parts/confirmation.tsx";

const removeProvider = graphql(`
  mutation RemoveProvider($name: String!, $revision: String) {
    removeProvider(name: $name, revision: $revision) { revision }
  }
`);

/** Removes an operator-named provider from the draft after confirmation. */
export function RemoveProvider({
  name,
  revision,
  onRemoved,
}: {
  name: string;
  /** The revision shown on the page. */
  revision: string;
  onRemoved: () => void;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  // The revision when the dialog opened, whatever is loaded meanwhile.
  const [seen, setSeen] = useState(revision);
  const [, remove] = useMutation(removeProvider);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => {
          setSeen(revision);
          open();
        }}
      >
        Remove
      </Button>
      <Confirmation
        isOpen={isOpen}
        close={close}
        title={`Remove ${name}?`}
        action="Remove from the draft"
        act={() => remove({ name, revision: seen }, { additionalTypenames: draftTypes })}
        onDone={onRemoved}
      >
        The provider is removed from the draft, and from the live configuration once the draft is deployed.
        Its users' identities are kept, and can sign in again if a provider with this name is added.
      </Confirmation>
    </>
  );
}
