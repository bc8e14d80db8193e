import { Button, Code, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import type { ServerKeysQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";
import { Clipped } from "../../parts/clipped.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { LongRecords } from "../../parts/long-records.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProviderName } from "../../parts/provider-name.tsx";
import type { RecordColumn } from "../../parts/records.tsx";
import { UserId } from "../../parts/user-id.tsx";
import { When } from "../../parts/when.tsx";
import { NewKey } from "./new-key.tsx";

const ServerKeysDocument = graphql(`
  query ServerKeys {
    serverApiKeys {
      id
      name
      prefix
      disabled
      createdAt
      lastUsedAt
      user {
        id
      }
    }
    providers {
      name
      enabled
    }
  }
`);
const CreateDocument = graphql(`
  mutation CreateServerKey($name: String!) {
    createServerApiKey(name: $name) {
      secret
    }
  }
`);
const DisableDocument = graphql(`
  mutation DisableServerKey($id: ID!) {
    disableServerApiKey(id: $id) {
      id
      disabled
    }
  }
`);
const EnableDocument = graphql(`
  mutation EnableServerKey($id: ID!) {
    enableServerApiKey(id: $id) {
      id
      disabled
    }
  }
`);
const DeleteDocument = graphql(`
  mutation DeleteServerKey($id: ID!) {
    deleteServerApiKey(id: $id)
  }
`);

type ShownKey = ServerKeysQuery["serverApiKeys"][number];
type Question = "disable" | "enable" | "delete";

const facts: readonly RecordColumn<ShownKey>[] = [
  { label: "Name", cell: ({ name }) => <Clipped>{name}</Clipped> },
  { label: "Prefix", isShort: true, cell: ({ prefix }) => <Code>{prefix}</Code> },
  { label: "User", isShort: true, cell: ({ user }) => <UserId id={user.id} /> },
  { label: "State", cell: ({ disabled }) => (disabled ? "Disabled" : "Enabled") },
  { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
];

const questions: Record<Question, { title: string; action: string; text: string; isHarmless?: boolean }> = {
  disable: {
    title: "Disable this key?",
    action: "Disable key",
    text: "stops working at once, and its sessions end. It can be enabled again.",
  },
  enable: { title: "Enable this key?", action: "Enable key", text: "can log in again.", isHarmless: true },
  delete: {
    title: "Delete this key?",
    action: "Delete key",
    text: "is deleted, together with its user. This cannot be undone.",
  },
};

/** The API keys that servers log in with, each as a separate user. */
export function ServerKeys() {
  const [result, query] = useQuery({ query: ServerKeysDocument, requestPolicy: "cache-and-network" });
  const [, create] = useMutation(CreateDocument);
  const [, disable] = useMutation(DisableDocument);
  const [, enable] = useMutation(EnableDocument);
  const [, remove] = useMutation(DeleteDocument);
  const [target, setTarget] = useState<{ key: ShownKey; question: Question } | null>(null);
  const [isConfirming, setConfirming] = useState(false);
  const reload = (): void => query({ requestPolicy: "network-only" });
  const acts = { disable, enable, delete: remove };
  const isDisabled = result.data?.providers.some(({ name, enabled }) => name === "api-key" && !enabled);

  const ask = (key: ShownKey, question: Question) => () => {
    setTarget({ key, question });
    setConfirming(true);
  };
  const columns: readonly RecordColumn<ShownKey>[] = [
    ...facts,
    {
      label: "Actions",
      cell: (key) => (
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            size="compact-sm"
            onClick={ask(key, key.disabled ? "enable" : "disable")}
            aria-label={`${key.disabled ? "Enable" : "Disable"} ${key.name}`}
          >
            {key.disabled ? "Enable…" : "Disable…"}
          </Button>
          <Button
            variant="outline"
            color="red"
            size="compact-sm"
            onClick={ask(key, "delete")}
            aria-label={`Delete ${key.name}`}
          >
            Delete…
          </Button>
        </Group>
      ),
    },
  ];
  const question = questions[target?.question ?? "disable"];
  return (
    <Panel
      title="Server API keys"
      actions={
        isDisabled === false && (
          <NewKey
            title="Create a server API key"
            label="Create server key"
            hint="ASCII letters, numbers, underscores and hyphens. Must be unique."
            maxLength={100}
            create={async (name) => {
              const { data, error } = await create({ name });
              return { secret: data?.createServerApiKey.secret, error };
            }}
            onCreated={reload}
          />
        )
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        A server logs in with its key as a separate user, which never expires.
      </Text>
      <Loaded result={result} retry={reload}>
        {({ serverApiKeys }) => (
          <>
            {isDisabled && (
              <Text size="sm" mb="sm">
                The provider <ProviderName name="api-key" /> is disabled. No keys can be created, and none can
                log in.
              </Text>
            )}
            {serverApiKeys.length === 0 ? (
              <Nothing>No server API keys.</Nothing>
            ) : (
              <LongRecords label="Server API keys" columns={columns} rows={serverApiKeys} />
            )}
          </>
        )}
      </Loaded>
      <Confirmation
        isOpen={isConfirming}
        close={() => setConfirming(false)}
        title={question.title}
        action={question.action}
        {...(question.isHarmless && { isHarmless: true })}
        {...(target?.question === "delete" && { typed: target.key.name })}
        act={() => acts[target?.question ?? "disable"]({ id: target?.key.id ?? "" })}
        onDone={reload}
      >
        “{target?.key.name}” {question.text}
      </Confirmation>
    </Panel>
  );
}
