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
  // Another user's page is another page: nothing of the one before stays.
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
  const wasThere = useRef(false);
  const isThere = Boolean(result.data?.user);
  useEffect(() => {
    if (isThere) wasThere.current = true;
  }, [isThere]);
  return (
    <Loaded result={result} retry={reload}>
      {({ user }) => {
        if (!user) return <NoUser id={id} wasThere={wasThere.current} />;
        const formerId = user.id === id ? parameters.get("formerId") : id;
        return (
          <>
            <PageTitle actions={<UserActions user={user} reload={reload} />}>User</PageTitle>
            <Stack gap="lg">
              {formerId && user.formerIds.includes(formerId) && (
                <Alert role="status" color="blue" title="This user had another id before">
                  {formerId} was merged into this user, and that id leads here now.
                </Alert>
              )}
              <Facts user={user} />
              <Identities identities={user.identities} />
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

const NoUser = ({ id, wasThere }: { id: string; wasThere: boolean }) => (
  <>
    <PageTitle>User</PageTitle>
    <EmptyState icon={IconUserOff} title={wasThere ? "This user is gone" : "There is no such user"}>
      <Text span inherit>
        {wasThere
          ? `The user ${id} was deleted meanwhile.`
          : `No user has the id ${id}, nor had it before a merge. It may have been deleted, or have expired.`}
      </Text>{" "}
      <Anchor component={Link} to="/users" inherit underline="always">
        To all users
      </Anchor>
    </EmptyState>
  </>
);
