import { Alert, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { ownPage } from "../graph.ts";
import { mount } from "../mount.ts";
import { BusyButton } from "../parts/busy-button.tsx";

/** Above any dialog that was open when the session ended. */
const ABOVE_DIALOGS = 1_000;

/**
 * Exchanges an admin key for a session.
 * @param onSignedIn resolves to whether the new session works
 */
export function SignIn({ isAgain, onSignedIn }: { isAgain: boolean; onSignedIn: () => Promise<boolean> }) {
  useDocumentTitle("Sign in · Passerby");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const signIn = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const adminKey = new FormData(event.currentTarget).get("adminKey");
    setBusy(true);
    setProblem(null);
    const answer = await fetch(`${mount}/console/session`, {
      method: "POST",
      headers: { ...ownPage, "content-type": "application/json" },
      body: JSON.stringify({ adminKey }),
    }).catch(() => null);
    if (!answer?.ok) setProblem(await problemOf(answer));
    else if (!(await onSignedIn())) {
      setProblem(
        "The browser did not store the session cookie. Open the console at the address in PUBLIC_URL, and allow cookies.",
      );
    }
    setBusy(false);
  };

  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      centered
      zIndex={ABOVE_DIALOGS}
      title="Passerby Console"
    >
      <form onSubmit={signIn} noValidate>
        <Stack>
          {isAgain && <Text size="sm">Your session has ended. Sign in again to continue.</Text>}
          <PasswordInput
            name="adminKey"
            label="Admin key"
            description="Printed at the first start, or created with passerby admin-key create."
            required
            data-autofocus
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": "Show the key" }}
          />
          {problem && (
            <Alert role="alert" color="red">
              {problem}
            </Alert>
          )}
          <BusyButton type="submit" isBusy={isBusy}>
            Sign in
          </BusyButton>
        </Stack>
      </form>
    </Modal>
  );
}

async function problemOf(answer: Response | null): Promise<string> {
  const body = await answer?.json().catch(() => null);
  return body?.errors?.[0]?.message ?? "The gateway cannot be reached. It may be restarting.";
}
