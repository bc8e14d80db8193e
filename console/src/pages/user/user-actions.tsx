import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { Confirmation } from "../../parts/confirmation.tsx";
import type { ShownUser } from "./user-document.ts";

const DisableDocument = graphql(`
  mutation DisableUser($id: ID!) {
    disableUser(id: $id) {
      id
      disabled
    }
  }
`);
const EnableDocument = graphql(`
  mutation EnableUser($id: ID!) {
    enableUser(id: $id) {
      id
      disabled
    }
  }
`);
const DeleteDocument = graphql(`
  mutation DeleteUser($id: ID!) {
    deleteUser(id: $id)
  }
`);

type Question = "disable" | "enable" | "delete";

export function UserActions({ user, reload }: { user: ShownUser; reload: () => void }) {
  const [, disable] = useMutation(DisableDocument);
  const [, enable] = useMutation(EnableDocument);
  const [, remove] = useMutation(DeleteDocument);
  const [question, setQuestion] = useState<Question | null>(null);
  const navigate = useNavigate();
  const asking = (which: Question) => ({
    isOpen: question === which,
    close: () => {
      setQuestion(null);
      // An action may have failed because the user has changed since it was loaded.
      reload();
    },
  });
  return (
    <>
      <Group gap="xs">
        <Button variant="default" onClick={() => setQuestion(user.disabled ? "enable" : "disable")}>
          {user.disabled ? "Enable…" : "Disable…"}
        </Button>
        <Button variant="outline" color="red" onClick={() => setQuestion("delete")}>
          Delete…
        </Button>
      </Group>
      <Confirmation
        {...asking("disable")}
        title="Disable this user?"
        action="Disable user"
        act={() => disable({ id: user.id })}
        onDone={() => {}}
      >
        The user's tokens are rejected at once on every gateway, and the user cannot log in until enabled
        again. No data is deleted.
      </Confirmation>
      <Confirmation
        {...asking("enable")}
        title="Enable this user?"
        action="Enable user"
        isHarmless
        act={() => enable({ id: user.id })}
        onDone={() => {}}
      >
        The user can log in again, and existing sessions continue.
      </Confirmation>
      <Confirmation
        {...asking("delete")}
        title="Delete this user?"
        action="Delete user"
        typed={user.id.slice(-6)}
        act={() => remove({ id: user.id })}
        onDone={() => navigate("/users", { state: { deleted: user.id } })}
      >
        User {user.id} is deleted with all identities, sessions, API keys and the profile. This cannot be
        undone. Data in other systems is not deleted.
      </Confirmation>
    </>
  );
}
