import { Stack, Text } from "@mantine/core";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProviderName } from "../../parts/provider-name.tsx";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";
import type { ShownUser } from "./user-document.ts";

type ShownIdentity = ShownUser["identities"][number];

const columns: readonly RecordColumn<ShownIdentity>[] = [
  { label: "Provider", cell: ({ provider }) => <ProviderName name={provider} /> },
  { label: "Email or subject", cell: (identity) => <Account identity={identity} /> },
  { label: "Can sign in", cell: ({ canSignIn }) => (canSignIn ? "yes" : "no") },
  { label: "Added", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last used", isShort: true, cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
];

/** A user's identities, including the anonymous one of a permanent user, which cannot sign in. */
export const Identities = ({ identities }: { identities: readonly ShownIdentity[] }) => (
  <Panel title="Identities">
    {identities.length === 0 ? (
      <Nothing>No identities. This user cannot log in.</Nothing>
    ) : (
      <Records label="Identities" columns={columns} rows={identities} keyOf={({ id }) => id} />
    )}
  </Panel>
);

const Account = ({ identity: { email, emailVerified, subject } }: { identity: ShownIdentity }) => (
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
