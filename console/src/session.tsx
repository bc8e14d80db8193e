/** Who is signed in. The cookie itself is kept from scripts; what is here is only what the gateway says of it. */
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

/** @throws Error outside of SignedIn */
export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (!control) throw new Error("useSession is for pages inside of SignedIn.");
  return control;
}

const address = `${mount}/console/session`;

/**
 * Shows its children to whoever is signed in, and the sign-in to others. When the session ends while pages are open they
 * stay mounted beneath the sign-in, so that nothing typed is lost.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<OperatorSession | null>(null);
  const [state, setState] = useState<"unknown" | "in" | "out" | "unreachable">("unknown");

  /** @returns whether somebody is signed in */
  const look = useCallback(async (): Promise<boolean> => {
    const answer = await fetch(address, { headers: ownPage }).catch(() => null);
    if (answer?.ok) setSession(await answer.json());
    setState((before) => {
      if (answer?.ok) return "in";
      return answer?.status === 401 || before === "out" ? "out" : "unreachable";
    });
    return answer?.ok ?? false;
  }, []);
  useEffect(() => void look(), [look]);
  useReconnect(state === "unreachable" && !session, () => void look());
  useEffect(() => sessionEnded.listen(() => setState("out")), []);

  const onSignedIn = useCallback(async (): Promise<boolean> => {
    const isIn = await look();
    if (isIn) sessionResumed.notify();
    return isIn;
  }, [look]);

  const signOut = useCallback(async (): Promise<void> => {
    const answer = await fetch(address, { method: "DELETE", headers: ownPage }).catch(() => null);
    if (!answer?.ok) throw new Error("The gateway cannot be reached, so this session goes on. Try again.");
    // A new page remembers nothing of what this one loaded.
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
          <Button onClick={() => void look()}>Try again</Button>
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
