/** Who is signed in. The cookie itself is kept from scripts; what is here is only what the gateway says of it. */
import { Center, Loader } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { ownPage } from "./graph.ts";
import { SignIn } from "./pages/sign-in.tsx";
import { sessionEnded } from "./session-ended.ts";

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

const address = "/console/session";

/**
 * Shows its children to whoever is signed in, and the sign-in to others. When the session ends while pages are open they
 * stay mounted beneath the sign-in, so that nothing typed is lost.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<OperatorSession | null>(null);
  const [state, setState] = useState<"unknown" | "in" | "out">("unknown");

  const look = useCallback(async (): Promise<void> => {
    const answer = await fetch(address, { headers: ownPage }).catch(() => null);
    setState(answer?.ok ? "in" : "out");
    if (answer?.ok) setSession(await answer.json());
  }, []);
  useEffect(() => void look(), [look]);
  useEffect(() => sessionEnded.listen(() => setState("out")), []);

  const signOut = useCallback(async (): Promise<void> => {
    await fetch(address, { method: "DELETE", headers: ownPage });
    setSession(null);
    setState("out");
  }, []);

  if (state === "unknown") {
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" />
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
      {state === "out" && <SignIn isAgain={session !== null} onSignedIn={look} />}
    </>
  );
}
