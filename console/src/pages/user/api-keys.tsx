import { Code } from "@mantine/core";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";
import type { ShownUser } from "./user-document.ts";

type ShownKey = ShownUser["apiKeys"][number];

const columns: readonly RecordColumn<ShownKey>[] = [
  { label: "Name", cell: ({ name }) => name },
  { label: "Prefix", isShort: true, cell: ({ prefix }) => <Code>{prefix}</Code> },
  { label: "State", cell: ({ disabled }) => (disabled ? "Disabled" : "Enabled") },
  { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
];

/** API keys that log in as this user. Only the user creates and deletes them. */
export const ApiKeys = ({ apiKeys }: { apiKeys: readonly ShownKey[] }) => (
  <Panel title="API keys">
    {apiKeys.length === 0 ? (
      <Nothing>No API keys.</Nothing>
    ) : (
      <Records label="API keys" columns={columns} rows={apiKeys} keyOf={({ id }) => id} />
    )}
  </Panel>
);
