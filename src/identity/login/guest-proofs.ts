/** When anonymous logins need a proof of work, and what becomes of it. */
import type { EntityManager } from "typeorm";
import { type Clock, secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { hashSecret } from "../../encryption.ts";
import { UsedProof } from "../../entities/used-proof.ts";
import { PasserbyError } from "../../errors.ts";
import { createGuestPace, type GuestPace } from "../../rate-limits/guest-pace.ts";
import type { LimitKey } from "../../rate-limits/limits.ts";
import {
  createProofOfWork,
  type Proof,
  type ProofFault,
  type ProofOfWork,
} from "../../rate-limits/proof-of-work.ts";

/** `GUEST_PROOF_OF_WORK`. */
export type GuestProofMode = "off" | "auto" | "always";

/** A proof that was asked for, a guest that was created with one, a proof that was not accepted. */
export type ProofOutcome = "asked" | "solved" | "failed";

export interface GuestProofs {
  readonly mode: GuestProofMode;
  readonly pace: GuestPace;
  readonly proofOfWork: ProofOfWork;
  /** Outcomes, and guests that were created without a proof. */
  readonly counts: {
    add(outcome: ProofOutcome | "without"): void;
    /** Of this process. */
    readonly totals: Readonly<Record<ProofOutcome | "without", number>>;
    /** Resolves when the daily counts are stored. */
    flush(): Promise<void>;
  };
}

/**
 * @param options.key derived for this purpose; the same on all gateways of a database
 * @param options.daily stores outcomes by day; guests without a proof are the rest of all guests
 */
export function createGuestProofs({
  mode,
  key,
  daily,
}: {
  mode: GuestProofMode;
  key: Buffer;
  daily: { count(outcome: ProofOutcome): void; flush(): Promise<void> };
}): GuestProofs {
  const totals = { asked: 0, solved: 0, failed: 0, without: 0 };
  return {
    mode,
    pace: createGuestPace(),
    proofOfWork: createProofOfWork(key),
    counts: {
      add(outcome) {
        totals[outcome] += 1;
        if (outcome !== "without") daily.count(outcome);
      },
      totals,
      flush: daily.flush,
    },
  };
}

export interface GuestProofServices {
  readonly guestProofs: GuestProofs;
  readonly clock: Clock;
}

/** What a client sends: the text of a proof, or nothing; "unsupported" if its protocol has no place for one. */
export type SentProof = string | null | "unsupported";

/** When the pace is that of the minute before, which may have been too fast. */
const RETRY_SECONDS = 60;

/** A gateway whose clock is behind accepts a proof for longer. */
const CLOCK_SKEW_SECONDS = 60;

/** Whether a login needs no proof; then its guest is counted. On the path of every anonymous login: it awaits nothing. */
export function isAdmitted(
  { guestProofs: { mode, pace }, clock }: GuestProofServices,
  key: LimitKey,
  sent: SentProof,
): boolean {
  if (mode === "off") return true;
  const isProven = sent !== null && sent !== "unsupported";
  return mode === "auto" && !isProven && pace.admit(key, clock.now().getTime());
}

/**
 * Verifies a proof, and counts its guest. It is not used yet: `useProofOfWork`.
 * @throws PasserbyError PROOF_OF_WORK_REQUIRED with `challenge` and `reason`, BAD_USER_INPUT; RATE_LIMITED if the protocol
 *   has no place for a proof
 */
export async function requireProofOfWork(
  services: GuestProofServices,
  key: LimitKey,
  sent: SentProof,
): Promise<Proof> {
  const { guestProofs, clock } = services;
  const { pace, proofOfWork, counts } = guestProofs;
  if (sent === "unsupported") {
    throw new PasserbyError("RATE_LIMITED", { details: { retryAfterSeconds: RETRY_SECONDS } });
  }
  if (sent === null) throw await proofOfWorkError(services, key, "MISSING");
  const now = clock.now();
  const proof = proofOfWork.verify(sent, now);
  if (proof === "MALFORMED") {
    counts.add("failed");
    throw new PasserbyError("BAD_USER_INPUT", {
      message:
        "`proofOfWork` must be base64 of the JSON { challenge, solution }, with the challenge as it was received.",
    });
  }
  if (typeof proof === "string") throw await proofOfWorkError(services, key, proof);
  // The level may rise while a client solves its challenge.
  if (proof.level < dueLevel(services, key) - 1) throw await proofOfWorkError(services, key, "TOO_EASY");
  pace.count(key, now.getTime());
  return proof;
}

/** Must run in the transaction that creates the guest. @throws ProofOfWorkUsedError */
export async function useProofOfWork(manager: EntityManager, { id, expiresAt }: Proof): Promise<void> {
  const hash = hashSecret(`work ${id}`);
  if (await manager.existsBy(UsedProof, { hash })) throw new ProofOfWorkUsedError();
  const row: UsedProof = { hash, expiresAt: secondsAfter(expiresAt, CLOCK_SKEW_SECONDS) };
  await insertRows(manager, { entity: UsedProof, rows: [row] });
}

/** Thrown in a transaction, which cannot wait for a new challenge. */
export class ProofOfWorkUsedError extends Error {}

type Reason = Exclude<ProofFault, "MALFORMED"> | "MISSING" | "USED" | "TOO_EASY";

/** MISSING has the message of the catalogue. */
const messages: Record<Reason, string | undefined> = {
  MISSING: undefined,
  EXPIRED: "This proof of work has expired. Solve the new `extensions.challenge`.",
  USED: "This proof of work was used: each creates one guest. Solve the new `extensions.challenge`.",
  INVALID:
    "This proof of work is not a solution of a challenge of this gateway. Solve the new `extensions.challenge`.",
  TOO_EASY: "More work is needed by now. Solve the new `extensions.challenge`.",
};

/** The error that carries a new challenge. */
export async function proofOfWorkError(
  services: GuestProofServices,
  key: LimitKey,
  reason: Reason,
): Promise<PasserbyError> {
  const { guestProofs, clock } = services;
  guestProofs.counts.add(reason === "MISSING" ? "asked" : "failed");
  const level = Math.max(1, dueLevel(services, key));
  const challenge = await guestProofs.proofOfWork.createChallenge(level, clock.now());
  const message = messages[reason];
  return new PasserbyError("PROOF_OF_WORK_REQUIRED", {
    ...(message && { message }),
    details: { reason, challenge },
  });
}

const dueLevel = ({ guestProofs: { mode, pace }, clock }: GuestProofServices, key: LimitKey): number =>
  Math.max(mode === "always" ? 1 : 0, pace.levelOf(key, clock.now().getTime()));
