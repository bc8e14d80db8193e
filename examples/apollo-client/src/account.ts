/** Log in and create an account, with errors that say which credentials they are about: the gateway does not. */
import { type Conflict, type Credentials, PasserbyError, type Session } from "@passerby/client";
import { passerby } from "./passerby.ts";

/** Logs in to an existing account. The guest's data stays with the guest. */
export const logIn = (credentials: Credentials): Promise<Session> =>
  naming(kindOf(credentials), passerby.login(credentials));

/**
 * Makes the guest permanent, with the same user id, and registers an email that is new.
 * @returns null on success; a conflict when the account exists
 */
export const createAccount = async (credentials: Credentials): Promise<Conflict | null> =>
  (await naming(kindOf(credentials), passerby.link(credentials))).conflict ?? null;

const kindOf = (credentials: Credentials): string => Object.keys(credentials)[0] ?? "";
const kinds = new WeakMap<PasserbyError, string>();

/** Such as `emailPassword`; undefined when an error is about something else. */
export const credentialsOf = (error: PasserbyError): string | undefined => kinds.get(error);

export const naming = <Result>(kind: string, answer: Promise<Result>): Promise<Result> =>
  answer.catch((error: unknown) => {
    if (error instanceof PasserbyError) kinds.set(error, kind);
    throw error;
  });
