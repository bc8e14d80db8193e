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
  PENDING: { label: "Waits to sign", color: "yellow" },
  SIGNING: { label: "Signs", color: "teal" },
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
    cell: ({ publishedUntil }) => <When at={publishedUntil} never="as long as it signs" />,
  },
];

/** The keys of access tokens, in the order of their lives. */
export function SigningKeys() {
  const [result, query] = useQuery({ query: SigningKeysDocument, requestPolicy: "cache-and-network" });
  const [, rotate] = useMutation(RotateDocument);
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const reload = (): void => query({ requestPolicy: "network-only" });
  const waiting = result.data?.signingKeys.find(({ state }) => state === "PENDING");
  return (
    <Panel
      title="Signing keys"
      actions={
        !waiting &&
        result.data && (
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            Rotate…
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        Access tokens are signed with these, and published at <Code>/.well-known/jwks.json</Code>. A key is
        published a while before it signs, because whoever verifies tokens may keep the list for ten minutes.
      </Text>
      <Loaded result={result} retry={reload}>
        {({ signingKeys }) => (
          <Records label="Signing keys" columns={columns} rows={signingKeys} keyOf={({ kid }) => kid} />
        )}
      </Loaded>
      <Text size="sm" role="status" mt={said || waiting ? "sm" : 0}>
        {waiting ? (
          <>
            The next key signs <When at={waiting.signsFrom} />. Keys can be rotated again after that.
          </>
        ) : (
          said
        )}
      </Text>
      <Confirmation
        isOpen={isAsking}
        close={() => setAsking(false)}
        title="Rotate the signing key?"
        action="Rotate key"
        isHarmless
        act={() => rotate({})}
        onDone={() => {
          setSaid("The next key is published.");
          reload();
        }}
      >
        A new key is published now and signs in eleven minutes, or later if SIGNING_KEY_PUBLISH_MINUTES says
        so. Tokens that were signed before stay good until they expire, and nobody is signed out.
      </Confirmation>
    </Panel>
  );
}
