import { Badge, Button, Code, Group, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import type { AdminKeysQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";
import { Clipped } from "../../parts/clipped.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { LongRecords } from "../../parts/long-records.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import type { RecordColumn } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";
import { useSession } from "../../session.tsx";
import { NewKey } from "./new-key.tsx";

const AdminKeysDocument = graphql(`
  query AdminKeys {
    adminKeys {
      id
      name
      prefix
      createdAt
      lastUsedAt
      revokedAt
    }
  }
`);
const CreateDocument = graphql(`
  mutation CreateAdminKey($name: String!) {
    createAdminKey(name: $name) {
      secret
    }
  }
`);
const RevokeDocument = graphql(`
  mutation RevokeAdminKey($id: ID!) {
    revokeAdminKey(id: $id)
  }
`);

type ShownKey = AdminKeysQuery["adminKeys"][number];

/** The keys for the admin graph and this console. */
export function AdminKeys() {
  const { session } = useSession();
  const [result, query] = useQuery({ query: AdminKeysDocument, requestPolicy: "cache-and-network" });
  const [, create] = useMutation(CreateDocument);
  const [, revoke] = useMutation(RevokeDocument);
  const [revoking, setRevoking] = useState<ShownKey | null>(null);
  const [isConfirming, setConfirming] = useState(false);
  const [showsRevoked, setShowsRevoked] = useState(false);
  const reload = (): void => query({ requestPolicy: "network-only" });
  const isOwn = ({ name, revokedAt }: ShownKey): boolean => name === session.name && !revokedAt;

  const columns: readonly RecordColumn<ShownKey>[] = [
    {
      label: "Name",
      cell: (key) => (
        <Group gap="xs">
          <Clipped>{key.name}</Clipped>
          {isOwn(key) && (
            <Badge variant="default" tt="none">
              You
            </Badge>
          )}
        </Group>
      ),
    },
    { label: "Prefix", isShort: true, cell: ({ prefix }) => <Code>{prefix}</Code> },
    { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
    { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
    {
      label: "Actions",
      cell: (key) =>
        key.revokedAt ? (
          <Text span size="sm" c="dimmed">
            revoked <When at={key.revokedAt} />
          </Text>
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Revoke ${key.name}`}
            onClick={() => {
              setRevoking(key);
              setConfirming(true);
            }}
          >
            Revoke…
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title="Admin keys"
      actions={
        <NewKey
          title="Create an admin key"
          label="Create admin key"
          hint="Who or what will use it, such as a person or a machine."
          maxLength={100}
          create={async (name) => {
            const { data, error } = await create({ name });
            return { secret: data?.createAdminKey.secret, error };
          }}
          onCreated={reload}
        />
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        Admin keys give access to the admin graph and this console. The key in the setting{" "}
        <Code>ADMIN_KEY</Code> always works and is not listed here.
      </Text>
      <Loaded result={result} retry={reload}>
        {({ adminKeys }) => {
          const shown = adminKeys.filter(({ revokedAt }) => showsRevoked || !revokedAt);
          return (
            <>
              {shown.length === 0 ? (
                <Nothing>
                  No admin keys. Create one for each person and machine, so that the audit can tell them
                  apart.
                </Nothing>
              ) : (
                <LongRecords label="Admin keys" columns={columns} rows={shown} />
              )}
              {adminKeys.some(({ revokedAt }) => revokedAt) && (
                <Switch
                  mt="sm"
                  size="sm"
                  label="Show revoked keys"
                  checked={showsRevoked}
                  onChange={(event) => setShowsRevoked(event.currentTarget.checked)}
                />
              )}
            </>
          );
        }}
      </Loaded>
      <Confirmation
        isOpen={isConfirming}
        close={() => setConfirming(false)}
        title="Revoke this admin key?"
        action="Revoke key"
        act={() => revoke({ id: revoking?.id ?? "" })}
        onDone={reload}
      >
        “{revoking?.name}” stops working at once. This cannot be undone.
        {revoking && isOwn(revoking) && (
          <Text size="sm" mt="xs" fw={600}>
            You are signed in with a key of this name. If it is this one, you are signed out at once.
          </Text>
        )}
      </Confirmation>
    </Panel>
  );
}
