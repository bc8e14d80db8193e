/** Login, link and merge: each stores the session that follows, also when the answer was lost. */
import type { LinkResult, Passerby } from "./contract.ts";
import { type AuthPayload, type Credentials, type IdentityConflict, LOGIN, MERGE } from "./documents.ts";
import { isSessionEnded, isUnanswered } from "./errors.ts";
import type { Send } from "./gateway.ts";
import type { Session, Store } from "./store.ts";
import { fail, hasCode, type Tokens } from "./tokens.ts";

interface SignInServices {
  readonly store: Store;
  readonly send: Send;
  readonly change: <Result>(act: () => Promise<Result>) => Promise<Result>;
  readonly tokens: Tokens;
}

interface Outcome {
  /** null after a link whose answer was lost, when the refresh shows that it has happened. */
  readonly result: AuthPayload | IdentityConflict | null;
}

export function createSignIn({ store, send, change, tokens }: SignInServices) {
  const authenticate: Passerby["authenticate"] = (mutation, variables, { asUser, switch: switchTo }) => {
    const act = async (): Promise<LinkResult> => {
      const { result } = await (asUser ? sendLink(mutation, variables) : send<Outcome>(mutation, variables));
      if (!result) return { linked: tokens.shownSession() };
      if (!("mergeTicket" in result)) return { linked: await tokens.savePayload(result) };
      const { provider, mergeTicket, expiresAt } = result;
      const merge = (): Promise<Session> => mergeUser(mergeTicket, switchTo);
      return { conflict: { provider, expiresAt, merge, switch: switchTo } };
    };
    return asUser ? tokens.changeAsUser(act) : change(act);
  };

  /**
   * When the answer to a link is lost and it has promoted the guest, the refresh token is good for a few seconds more: its
   * successor tells.
   */
  async function sendLink(mutation: string, variables: object): Promise<Outcome> {
    try {
      return await tokens.sendAsUser<Outcome>(mutation, variables);
    } catch (error) {
      const before = store.current;
      if (!isUnanswered(error) || !before) throw error;
      await store.save({ ...before, refreshAt: 0 });
      await tokens.refresh(store.current).catch(tokens.recover);
      const isPromoted = before.isAnonymous && store.current?.isAnonymous === false;
      return isPromoted ? { result: null } : fail(error);
    }
  }

  /** When its answer is lost and it has happened, the guest's session has ended, and the credentials are the account's. */
  async function mergeUser(ticket: string, switchTo: () => Promise<Session>): Promise<Session> {
    let wasLost = false;
    const attempt = async (): Promise<Session> => {
      const { result } = await tokens.sendAsUser<{ result: AuthPayload }>(MERGE, { ticket });
      return tokens.savePayload(result);
    };
    try {
      return await tokens.changeAsUser(() =>
        attempt().catch((error) => {
          wasLost = isUnanswered(error);
          return wasLost ? attempt() : fail(error);
        }),
      );
    } catch (error) {
      if (wasLost && (isSessionEnded(error) || hasCode(error, "MERGE_TICKET_INVALID"))) return switchTo();
      throw error;
    }
  }

  async function login(credentials: Credentials): Promise<Session> {
    const options = { asUser: false, switch: () => login(credentials) };
    const { linked } = await authenticate(LOGIN, { credentials }, options);
    return linked ?? tokens.shownSession();
  }

  return { authenticate, login };
}
