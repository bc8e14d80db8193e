/** The operator's session, as reported by the gateway; scripts cannot read the HttpOnly cookie. */
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { ownPage } from "./graph.ts";
import { mount } from "./mount.ts";
import { SignIn } from "./pages/sign-in.tsx";
import { useReconnect } from "./parts/use-reconnect.ts";
import { sessionEnded, sessionResumed } from "./session-ended.ts";

export interface OperatorSession {
  /** The name of the admin key. */
  readonly name: string;
  readonly expiresAt: string;
}

interface SessionControl {
  readonly session: OperatorSession;
  signOut(): Promise<void>;
}

const SessionContext = createContext<SessionControl | null>(null);

/** @throws Error outside SignedIn */
export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (!control) throw new Error("useSession must be used inside SignedIn.");
  return control;
}

const address = `${mount}/console/session`;

/**
 * Renders its children for a signed-in operator, otherwise the sign-in form. When the session ends, open pages stay mounted
 * below the sign-in form, so that no input is lost.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<OperatorSession | null>(null);
  const [state, setState] = useState<"unknown" | "in" | "out" | "unreachable">("unknown");

  /** @returns whether the session is valid */
  const checkSession = useCallback(async (): Promise<boolean> => {
    const answer = await fetch(address, { headers: ownPage }).catch(() => null);
    if (answer?.ok) setSession(await answer.json());
    setState((before) => {
      if (answer?.ok) return "in";
      return answer?.status === 401 || before === "out" ? "out" : "unreachable";
    });
    return answer?.ok ?? false;
  }, []);
  useEffect(() => void checkSession(), [checkSession]);
  useReconnect(state === "unreachable" && !session, () => void checkSession());
  useEffect(() => sessionEnded.listen(() => setState("out")), []);

  const onSignedIn = useCallback(async (): Promise<boolean> => {
    const isIn = await checkSession();
    if (isIn) sessionResumed.notify();
    return isIn;
  }, [checkSession]);

  const signOut = useCallback(async (): Promise<void> => {
    const answer = await fetch(address, { method: "DELETE", headers: ownPage }).catch(() => null);
    if (!answer?.ok) throw new Error("The gateway cannot be reached. You are still signed in. Try again.");
    // A full page load discards all cached data.
    window.location.assign(`${mount}/console/`);
  }, []);

  if (state === "unknown") {
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" role="status" />
      </Center>
    );
  }
  if (state === "unreachable" && !session) {
    return (
      <Center h="100dvh" component="main">
        <Stack align="center">
          <Text role="alert">The gateway cannot be reached. It may be restarting.</Text>
          <Button onClick={() => void checkSession()}>Try again</Button>
        </Stack>
      </Center>
    );
  }
  return (
    <>
      {session && (
        <SessionContext value={{ session, signOut }}>
          <div inert={state === "out"}>{children}</div>
        </SessionContext>
      )}
      {state === "out" && <SignIn isAgain={session !== null} onSignedIn={onSignedIn} />}
    </>
  );
}
