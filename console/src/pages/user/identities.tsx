import { Button, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { Confirmation } from "../../parts/confirmation.tsx";
import { focusHeading } from "../../parts/focus-heading.ts";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProviderName } from "../../parts/provider-name.tsx";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";
import type { ShownUser } from "./user-document.ts";

const UnlinkDocument = graphql(`
  mutation UnlinkIdentity($userId: ID!, $identityId: ID!) {
    unlinkIdentity(userId: $userId, identityId: $identityId) {
      id
    }
  }
`);

type ShownIdentity = ShownUser["identities"][number];

const facts: readonly RecordColumn<ShownIdentity>[] = [
  { label: "Provider", cell: ({ provider }) => <ProviderName name={provider} /> },
  { label: "Name, email or subject", cell: (identity) => <Account identity={identity} /> },
  { label: "Can sign in", cell: ({ canSignIn }) => (canSignIn ? "yes" : "no") },
  { label: "Added", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
];

/** A user's identities, including the anonymous one of a permanent user, which cannot sign in. */
export function Identities({ user, reload }: { user: ShownUser; reload: () => void }) {
  const [, unlink] = useMutation(UnlinkDocument);
  const [removing, setRemoving] = useState<ShownIdentity | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [status, setStatus] = useState("");
  const { identities } = user;
  const isLastSignInMethod = (id: string): boolean =>
    !identities.some((other) => other.id !== id && other.canSignIn);
  const columns: readonly RecordColumn<ShownIdentity>[] = [
    ...facts,
    {
      label: "Actions",
      cell: (identity) =>
        isLastSignInMethod(identity.id) ? (
          <Text span size="xs" c="dimmed">
            {identity.canSignIn ? "the only sign-in method" : "–"}
          </Text>
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              setRemoving(identity);
              setOpen(true);
            }}
            aria-label={`Remove ${nameOf(identity)}…`}
          >
            Remove…
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Identities">
      <VisuallyHidden role="status">{status}</VisuallyHidden>
      {identities.length === 0 ? (
        <Nothing>No identities. This user cannot log in.</Nothing>
      ) : (
        <Records label="Identities" columns={columns} rows={identities} keyOf={({ id }) => id} />
      )}
      <Confirmation
        isOpen={isOpen}
        close={() => setOpen(false)}
        title="Remove this identity?"
        action="Remove identity"
        act={() => unlink({ userId: user.id, identityId: removing?.id ?? "" })}
        onDone={() => {
          setStatus("The identity was removed.");
          reload();
          focusHeading();
        }}
      >
        {removing && (
          <>
            {nameOf(removing)} no longer belongs to this user. This cannot be undone.
            {removing.canSignIn && (
              <Text size="sm" mt="xs">
                All sessions of this user that started with <ProviderName name={removing.provider} /> end at
                once, on every gateway.
              </Text>
            )}
          </>
        )}
      </Confirmation>
    </Panel>
  );
}

/** Only passkeys say whether they are backed up. Their subject is a random id that is not shown elsewhere. */
const isPasskey = ({ isBackedUp }: ShownIdentity): boolean => isBackedUp != null;

const nameOf = (identity: ShownIdentity): string => {
  const { name, email, subject, provider } = identity;
  return name ?? email ?? (isPasskey(identity) ? "Unnamed passkey" : (subject ?? provider));
};

function Account({ identity }: { identity: ShownIdentity }) {
  const { name, email, emailVerified, subject, isBackedUp } = identity;
  if (isPasskey(identity)) {
    return (
      <Stack gap={0}>
        <Text span inherit {...(name == null && { c: "dimmed" })}>
          {nameOf(identity)}
        </Text>
        <Text span size="xs" c="dimmed">
          {isBackedUp ? "backed up" : "on one device only"}
        </Text>
      </Stack>
    );
  }
  return (
    <Stack gap={0}>
      {email && (
        <Text span inherit>
          {email}{" "}
          <Text span size="xs" c="dimmed">
            {emailVerified ? "confirmed" : "not confirmed"}
          </Text>
        </Text>
      )}
      {subject && subject !== email && (
        <Text span size="xs" c="dimmed" ff="monospace">
          {subject}
        </Text>
      )}
    </Stack>
  );
}
