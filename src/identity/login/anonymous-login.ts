/** Anonymous login: creates a user without credentials. */

import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { retryOnRace } from "../../database/retry-on-race.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { AnonymousLoginKey } from "../../entities/anonymous-login-key.ts";
import { Identity } from "../../entities/identity.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { guestCreated, guestReturned } from "../../events/domain-events.ts";
import { eventRows, recordEvents } from "../../events/record-events.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import type { Proof } from "../../rate-limits/proof-of-work.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import { requireProofForLogin } from "../sessions/key-binding.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { endOldestSessions } from "../sessions/session-cap.ts";
import { type Authentication, authenticate, type Caller, planSession } from "../sessions/sessions.ts";
import {
  type GuestProofServices,
  isAdmitted,
  ProofOfWorkUsedError,
  proofOfWorkError,
  requireProofOfWork,
  type SentProof,
  useProofOfWork,
} from "./guest-proofs.ts";
import type { LoginServices } from "./login-services.ts";
import { planNewUser } from "./planned-user.ts";

/** Long enough for a double click, a retry and ten tabs. The key is a credential of the user for this time. */
const KEY_SECONDS = 60;
const [MIN_KEY, MAX_KEY] = [16, 256];

type AnonymousLoginServices = LoginServices & GuestProofServices;

interface AnonymousLogin {
  readonly deployed: DeployedProvider;
}

/**
 * Creates a user. Calls with the same idempotency key within a minute get the same user, each with a session of
 * its own.
 * @throws PasserbyError PROVIDER_DISABLED, RATE_LIMITED, PROOF_OF_WORK_REQUIRED, BAD_USER_INPUT for a key that is too short
 *   or too long
 */
export const loginAnonymously = withProvider(
  recordFailures(
    ({ deployed }: AnonymousRequest) => ({ action: "LOGGED_IN", provider: deployed.provider.name }),
    async (
      services: AnonymousLoginServices,
      context: RequestContext,
      request: AnonymousRequest,
    ): Promise<Authentication> => {
      const { idempotencyKey, proofOfWork } = request;
      if (idempotencyKey !== null && (idempotencyKey.length < MIN_KEY || idempotencyKey.length > MAX_KEY)) {
        throw new PasserbyError("BAD_USER_INPUT", {
          message: `The idempotency key needs ${MIN_KEY} to ${MAX_KEY} unguessable characters, such as a random UUID.`,
        });
      }
      requireProofForLogin(services.policy, context, { isAnonymous: true });
      const key = clientKey(context.client);
      const proof = isAdmitted(services, key, proofOfWork)
        ? null
        : await requireProofOfWork(services, key, proofOfWork);
      await services.limits.consume("anonymousLogins", key);
      if (idempotencyKey !== null || proof) {
        const hash = idempotencyKey === null ? null : hashKey(idempotencyKey, context);
        return loginOnce(services, context, { ...request, hash, proof });
      }
      const plan = planAnonymousUser(services, context, request);
      await services.writes.insert([
        { entity: User, rows: [plan.user] },
        { entity: Identity, rows: [plan.identity] },
        { entity: Session, rows: [plan.session] },
        ...eventRows(services, context, guestCreated(plan)),
      ]);
      services.guestProofs.counts.add("without");
      return authenticate(services, plan);
    },
  ),
);

/** A client with a key gets users of its own: a thief of the idempotency key alone must not get a session of one. */
const hashKey = (idempotencyKey: string, { proof }: RequestContext): string =>
  hashSecret(proof ? `${proof.thumbprint} ${idempotencyKey}` : idempotencyKey);

interface AnonymousRequest extends AnonymousLogin {
  readonly idempotencyKey: string | null;
  readonly proofOfWork: SentProof;
}

const planAnonymousUser = (
  services: LoginServices,
  context: RequestContext,
  { deployed }: AnonymousLogin,
): ReturnType<typeof planNewUser> =>
  planNewUser(services, context, { provider: deployed.provider.name, verified: null });

interface SingleLogin extends AnonymousLogin {
  /** Of the idempotency key. */
  readonly hash: string | null;
  readonly proof: Proof | null;
}

/** A login that must happen once: by its idempotency key, by its proof, or both. */
async function loginOnce(
  services: AnonymousLoginServices,
  context: RequestContext,
  request: SingleLogin,
): Promise<Authentication> {
  const { hash, proof } = request;
  const { guestProofs, writes } = services;
  try {
    const { caller, isNew } = await retryOnRace(
      () =>
        writes.transaction(async (manager) => {
          const known = hash === null ? null : await manager.findOneBy(AnonymousLoginKey, { hash });
          const again = known && (await loginAgain(services, context, manager, { ...request, known }));
          if (again) return { caller: again, isNew: false };
          if (known) await deleteKey(manager, known);
          return { caller: await loginFirst(services, context, manager, request), isNew: true };
        }),
      // A concurrent call may have used the proof with this key, after the key was looked up.
      (error, tries) => error instanceof ProofOfWorkUsedError && hash !== null && tries === 1,
    );
    if (isNew) guestProofs.counts.add(proof ? "solved" : "without");
    return authenticate(services, caller);
  } catch (error) {
    throw error instanceof ProofOfWorkUsedError
      ? await proofOfWorkError(services, clientKey(context.client), "USED")
      : error;
  }
}

/** Another session of the user that the key created; null unless that user is still anonymous, enabled and logged in. */
async function loginAgain(
  services: LoginServices,
  context: RequestContext,
  manager: EntityManager,
  { deployed, known }: AnonymousLogin & { known: AnonymousLoginKey },
): Promise<Caller | null> {
  if (known.expiresAt <= services.clock.now()) return null;
  const user = await lockUser(manager, known.userId);
  const isLoggedIn = await manager
    .createQueryBuilder(Session, "session")
    .where("session.userId = :userId AND session.endedAt IS NULL", { userId: known.userId })
    .getExists();
  if (!user?.isAnonymous || user.disabledAt || !isLoggedIn) return null;
  await endOldestSessions(manager, services, context, { userId: user.id });
  const session = planSession(services, context, { user, provider: deployed.provider.name });
  await insertRows(manager, { entity: Session, rows: [session] });
  await recordEvents(manager, services, context, guestReturned({ user, session }));
  return { user, session };
}

/** Deletes only the row that was found expired: a concurrent call may have replaced it. */
const deleteKey = (manager: EntityManager, { hash, userId }: AnonymousLoginKey): Promise<number> =>
  execute(manager, "DELETE FROM anonymous_login_keys WHERE hash = ? AND user_id = ?", [hash, userId]);

async function loginFirst(
  services: LoginServices,
  context: RequestContext,
  manager: EntityManager,
  request: SingleLogin,
): Promise<Caller> {
  const { hash, proof } = request;
  if (proof) await useProofOfWork(manager, proof);
  const { user, identity, session } = planAnonymousUser(services, context, request);
  await insertRows(manager, { entity: User, rows: [user] });
  if (hash !== null) {
    const expiresAt = secondsAfter(services.clock.now(), KEY_SECONDS);
    const key: AnonymousLoginKey = { hash, userId: user.id, expiresAt };
    await insertRows(manager, { entity: AnonymousLoginKey, rows: [key] });
  }
  await insertRows(manager, { entity: Identity, rows: [identity] });
  await insertRows(manager, { entity: Session, rows: [session] });
  await recordEvents(manager, services, context, guestCreated({ user, session }));
  return { user, session };
}
