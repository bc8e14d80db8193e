import { Alert, Anchor, Stack, Text } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useQuery } from "urql";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { ApiKeys } from "./user/api-keys.tsx";
import { Facts } from "./user/facts.tsx";
import { Identities } from "./user/identities.tsx";
import { Profile } from "./user/profile.tsx";
import { Sessions } from "./user/sessions.tsx";
import { UserActions } from "./user/user-actions.tsx";
import { UserDocument } from "./user/user-document.ts";
import { UserEvents } from "./user/user-events.tsx";

export default function UserPage() {
  const { id = "" } = useParams();
  // The key resets all state when another user is opened.
  return <UserOf key={id} id={id} />;
}

function UserOf({ id }: { id: string }) {
  const [parameters] = useSearchParams();
  const [result, query] = useQuery({
    query: UserDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const reload = (): void => query({ requestPolicy: "network-only" });
  const wasFound = useRef(false);
  const isFound = Boolean(result.data?.user);
  useEffect(() => {
    if (isFound) wasFound.current = true;
  }, [isFound]);
  return (
    <Loaded result={result} retry={reload}>
      {({ user }) => {
        if (!user) return <NoUser id={id} wasFound={wasFound.current} />;
        const formerId = user.id === id ? parameters.get("formerId") : id;
        return (
          <>
            <PageTitle actions={<UserActions user={user} reload={reload} />}>User</PageTitle>
            <Stack gap="lg">
              {formerId && user.formerIds.includes(formerId) && (
                <Alert role="status" color="blue" title="This user was found by a former id">
                  {formerId} was merged into this user.
                </Alert>
              )}
              <Facts user={user} />
              <Identities user={user} reload={reload} />
              <Sessions user={user} reload={reload} />
              <ApiKeys apiKeys={user.apiKeys} />
              <Profile profile={user.profile ?? null} />
              <UserEvents id={user.id} />
            </Stack>
          </>
        );
      }}
    </Loaded>
  );
}

const NoUser = ({ id, wasFound }: { id: string; wasFound: boolean }) => (
  <>
    <PageTitle>User</PageTitle>
    <EmptyState icon={IconUserOff} title={wasFound ? "This user was deleted" : "User not found"}>
      <Text span inherit>
        {wasFound
          ? `User ${id} was deleted while this page was open.`
          : `No user has or had the id ${id}. The user may have been deleted or may have expired.`}
      </Text>{" "}
      <Anchor component={Link} to="/users" inherit underline="always">
        Back to all users
      </Anchor>
    </EmptyState>
  </>
);
