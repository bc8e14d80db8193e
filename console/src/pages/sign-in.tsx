import { Alert, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { ownPage } from "../graph.ts";
import { mount } from "../mount.ts";
import { BusyButton } from "../parts/busy-button.tsx";

/** Above every other dialog, of which one may have been open when the session ended. */
const ABOVE_DIALOGS = 1_000;

/**
 * Asks for an admin key and trades it for a session.
 * @param onSignedIn says whether the gateway knows the session that it just gave
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
        "The browser did not keep the session. Open the console at the address in PUBLIC_URL, with cookies on.",
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
          {isAgain && <Text size="sm">Your session has ended. Sign in again to go on where you were.</Text>}
          <PasswordInput
            name="adminKey"
            label="Admin key"
            description="Printed at the first start, or made with passerby admin-key create."
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
