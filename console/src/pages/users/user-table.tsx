import { Box, Group, Stack, Text } from "@mantine/core";
import type { UsersQuery } from "../../graphql/graphql.ts";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { UserId } from "../../parts/user-id.tsx";
import { UserState } from "../../parts/user-state.tsx";
import { When } from "../../parts/when.tsx";

type ListedUser = UsersQuery["users"]["edges"][number]["node"];

const columns: readonly RecordColumn<ListedUser>[] = [
  { label: "User", isShort: true, cell: ({ id }) => <UserId id={id} /> },
  { label: "Identities", cell: ({ identities }) => <SignInMethods identities={identities} /> },
  {
    label: "State",
    cell: (user) => (
      <Group gap={4}>
        <UserState {...user} />
      </Group>
    ),
  },
  { label: "Created", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last login", isShort: true, cell: ({ lastLoginAt }) => <When at={lastLoginAt} /> },
  { label: "Expires", isShort: true, cell: ({ expiresAt }) => <When at={expiresAt} /> },
];

/** While the next page loads, the previous one stays visible, faded. */
export const UserTable = ({ users, isStale }: { users: readonly ListedUser[]; isStale: boolean }) => (
  <Box opacity={isStale ? 0.6 : 1} aria-busy={isStale}>
    <Records label="Users" columns={columns} rows={users} keyOf={({ id }) => id} />
  </Box>
);

/** Omits the anonymous identity of a permanent user, which cannot sign in. */
const SignInMethods = ({ identities }: Pick<ListedUser, "identities">) => {
  const shown = identities.filter(({ canSignIn }) => canSignIn);
  return (
    <Stack gap={2}>
      {(shown.length > 0 ? shown : identities).map(({ id, provider, email }) => (
        <div key={id}>
          <Text size="sm" lineClamp={1} title={email ?? provider}>
            {email ?? provider}
          </Text>
          {email && (
            <Text size="xs" c="dimmed">
              {provider}
            </Text>
          )}
        </div>
      ))}
    </Stack>
  );
};
