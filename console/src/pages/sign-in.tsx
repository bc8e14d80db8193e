import { Alert, Button, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ownPage } from "../graph.ts";

/** Asks for an admin key and trades it for a session. */
export function SignIn({ isAgain, onSignedIn }: { isAgain: boolean; onSignedIn: () => Promise<void> }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const signIn = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const adminKey = new FormData(event.currentTarget).get("adminKey");
    setBusy(true);
    setProblem(null);
    const answer = await fetch("/console/session", {
      method: "POST",
      headers: { ...ownPage, "content-type": "application/json" },
      body: JSON.stringify({ adminKey }),
    }).catch(() => null);
    if (answer?.ok) await onSignedIn();
    else setProblem(await problemOf(answer));
    setBusy(false);
  };

  return (
    <Modal opened onClose={() => {}} withCloseButton={false} centered title="Passerby Console">
      <form onSubmit={signIn}>
        <Stack>
          {isAgain && <Text size="sm">Your session has ended. Sign in again to go on where you were.</Text>}
          <PasswordInput
            name="adminKey"
            label="Admin key"
            required
            data-autofocus
            autoComplete="current-password"
          />
          {problem && (
            <Alert role="alert" color="red">
              {problem}
            </Alert>
          )}
          <Button type="submit" loading={isBusy}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

async function problemOf(answer: Response | null): Promise<string> {
  const body = await answer?.json().catch(() => null);
  return body?.errors?.[0]?.message ?? "The gateway cannot be reached. It may be restarting.";
}
