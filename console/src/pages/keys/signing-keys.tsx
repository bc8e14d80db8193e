import { Badge, Button, Code, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import type { SigningKeysQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";
import { Confirmation } from "../../parts/confirmation.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Panel } from "../../parts/panel.tsx";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";

const SigningKeysDocument = graphql(`
  query SigningKeys {
    signingKeys {
      kid
      algorithm
      state
      createdAt
      signsFrom
      publishedUntil
    }
  }
`);
const RotateDocument = graphql(`
  mutation RotateSigningKey {
    rotateSigningKey {
      kid
    }
  }
`);

type ShownKey = SigningKeysQuery["signingKeys"][number];

const states: Record<ShownKey["state"], { label: string; color: string }> = {
  PENDING: { label: "Pending", color: "yellow" },
  SIGNING: { label: "Signing", color: "teal" },
  RETIRED: { label: "Retired", color: "gray" },
};

const columns: readonly RecordColumn<ShownKey>[] = [
  { label: "Key", isShort: true, cell: ({ kid }) => <Code title={kid}>{kid.slice(0, 12)}…</Code> },
  {
    label: "State",
    cell: ({ state }) => (
      <Badge variant="light" color={states[state].color} tt="none" autoContrast>
        {states[state].label}
      </Badge>
    ),
  },
  { label: "Published since", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Signs from", isShort: true, cell: ({ signsFrom }) => <When at={signsFrom} /> },
  {
    label: "Published until",
    isShort: true,
    cell: ({ publishedUntil }) => <When at={publishedUntil} never="while it signs" />,
  },
];

/** The keys that sign access tokens: pending, signing, and retired. */
export function SigningKeys() {
  const [result, query] = useQuery({ query: SigningKeysDocument, requestPolicy: "cache-and-network" });
  const [, rotate] = useMutation(RotateDocument);
  const [isConfirming, setConfirming] = useState(false);
  const [status, setStatus] = useState("");
  const reload = (): void => query({ requestPolicy: "network-only" });
  const pending = result.data?.signingKeys.find(({ state }) => state === "PENDING");
  return (
    <Panel
      title="Signing keys"
      actions={
        !pending &&
        result.data && (
          <Button variant="default" size="xs" onClick={() => setConfirming(true)}>
            Rotate…
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        Access tokens are signed with these keys. The public keys are at <Code>/.well-known/jwks.json</Code>.
        A new key is published before it signs, because verifiers may cache the key set for ten minutes.
      </Text>
      <Loaded result={result} retry={reload}>
        {({ signingKeys }) => (
          <Records label="Signing keys" columns={columns} rows={signingKeys} keyOf={({ kid }) => kid} />
        )}
      </Loaded>
      <Text size="sm" role="status" mt={status || pending ? "sm" : 0}>
        {pending ? (
          <>
            The next key starts signing <When at={pending.signsFrom} />. Keys can be rotated again after that.
          </>
        ) : (
          status
        )}
      </Text>
      <Confirmation
        isOpen={isConfirming}
        close={() => setConfirming(false)}
        title="Rotate the signing key?"
        action="Rotate key"
        isHarmless
        act={() => rotate({})}
        onDone={() => {
          setStatus("The next key is published.");
          reload();
        }}
      >
        A new key is published now and starts signing in eleven minutes, or later if
        SIGNING_KEY_PUBLISH_MINUTES is longer. Existing tokens stay valid until they expire, and users stay
        signed in.
      </Confirmation>
    </Panel>
  );
}
