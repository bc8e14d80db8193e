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
  { label: "Begins with", isShort: true, cell: ({ prefix }) => <Code>{prefix}</Code> },
  { label: "User", isShort: true, cell: ({ user }) => <UserId id={user.id} /> },
  { label: "State", cell: ({ disabled }) => (disabled ? "disabled" : "enabled") },
  { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
];

const questions: Record<Question, { title: string; action: string; text: string; isHarmless?: boolean }> = {
  disable: {
    title: "Disable this key?",
    action: "Disable key",
    text: "is refused, and the sessions that it began end. It can be enabled again.",
  },
  enable: { title: "Enable this key?", action: "Enable key", text: "can log in again.", isHarmless: true },
  delete: {
    title: "Delete this key?",
    action: "Delete key",
    text: "is deleted, together with the user that it logs in as. It cannot be undone.",
  },
};

/** The keys that servers log in with, each with a user of its own. */
export function ServerKeys() {
  const [result, query] = useQuery({ query: ServerKeysDocument, requestPolicy: "cache-and-network" });
  const [, create] = useMutation(CreateDocument);
  const [, disable] = useMutation(DisableDocument);
  const [, enable] = useMutation(EnableDocument);
  const [, remove] = useMutation(DeleteDocument);
  const [asked, setAsked] = useState<{ key: ShownKey; question: Question } | null>(null);
  const [isAsking, setAsking] = useState(false);
  const reload = (): void => query({ requestPolicy: "network-only" });
  const acts = { disable, enable, delete: remove };
  const isOff = result.data?.providers.some(({ name, enabled }) => name === "api-key" && !enabled);

  const ask = (key: ShownKey, question: Question) => () => {
    setAsked({ key, question });
    setAsking(true);
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
  const question = questions[asked?.question ?? "disable"];
  return (
    <Panel
      title="Server API keys"
      actions={
        isOff === false && (
          <NewKey
            title="Make a server API key"
            label="Make a server key"
            hint="ASCII letters, numbers, underscores and hyphens; each server's key has another."
            maxLength={100}
            make={async (name) => {
              const { data, error } = await create({ name });
              return { secret: data?.createServerApiKey.secret, error };
            }}
            onMade={reload}
          />
        )
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        A server logs in with one as a user of its own, which never expires.
      </Text>
      <Loaded result={result} retry={reload}>
        {({ serverApiKeys }) => (
          <>
            {isOff && (
              <Text size="sm" mb="sm">
                The provider <ProviderName name="api-key" /> is off, so no key can be made, and none can log
                in.
              </Text>
            )}
            {serverApiKeys.length === 0 ? (
              <Nothing>There are no keys for servers.</Nothing>
            ) : (
              <LongRecords label="Server API keys" columns={columns} rows={serverApiKeys} />
            )}
          </>
        )}
      </Loaded>
      <Confirmation
        isOpen={isAsking}
        close={() => setAsking(false)}
        title={question.title}
        action={question.action}
        {...(question.isHarmless && { isHarmless: true })}
        {...(asked?.question === "delete" && { typed: asked.key.name })}
        act={() => acts[asked?.question ?? "disable"]({ id: asked?.key.id ?? "" })}
        onDone={reload}
      >
        “{asked?.key.name}” {question.text}
      </Confirmation>
    </Panel>
  );
}
