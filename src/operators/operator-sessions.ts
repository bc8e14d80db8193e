/**
 * Console sessions of operators. The browser sends an admin key once and gets a session token in its place; the key itself
 * is not stored. The surface decides how the token is sent (an HttpOnly cookie).
 */
import { createHmac, randomBytes } from "node:crypto";
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute, select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { hashSecret } from "../encryption.ts";
import { OperatorSession } from "../entities/operator-session.ts";
import { consoleSignedIn, consoleSignedOut } from "../events/operator-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import type { RequestContext } from "../request-context.ts";
import { type KnownAdminKey, SETTINGS_KEY_NAME } from "./admin-keys.ts";

/** After OWASP's session timeouts for high-value applications: at most a working day, and an hour without use. */
export const OPERATOR_SESSION_SECONDS = 12 * 3_600;
export const OPERATOR_IDLE_SECONDS = 3_600;
/** Last use is written at most this often. */
const LAST_USE_SECONDS = 60;

export interface OperatorSessionView {
  /** The name of the admin key that it was started with. */
  readonly name: string;
  /** When it expires unless it is used before; at most twelve hours after its start. */
  readonly expiresAt: Date;
}

export interface OperatorSessions {
  /** @returns also the token, which is stored hashed */
  start(context: RequestContext, key: KnownAdminKey): Promise<OperatorSessionView & { token: string }>;
  /**
   * @param options.isUse whether an operator acted; automatic requests of a page do not extend the session
   * @returns null when it does not exist, has expired, or its key was revoked
   */
  find(token: string, options: { isUse: boolean }): Promise<OperatorSessionView | null>;
  /** @returns whether there was such a session */
  end(context: RequestContext, token: string): Promise<boolean>;
}

interface Row {
  readonly settings_key_mark: string | null;
  readonly name: string | null;
  readonly revoked_at: number | string | null;
  readonly last_used_at: number | string;
  readonly expires_at: number | string;
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** @param dependencies.settingsKey the key from the settings: changing it ends its sessions */
export function createOperatorSessions({
  settingsKey,
  markKey,
  ...services
}: {
  reads: EntityManager;
  writes: Writes;
  settingsKey: string;
  /** The key that the mark is derived with, so that a stored mark cannot be used to guess a weak admin key. */
  markKey: Buffer;
} & EventServices): OperatorSessions {
  const { reads, writes, clock } = services;
  const settingsKeyMark = createHmac("sha256", markKey).update(settingsKey).digest("base64url");
  return {
    async start(context, { id, name }) {
      const token = randomBytes(32).toString("base64url");
      const now = clock.now();
      const session: OperatorSession = {
        hash: hashSecret(token),
        adminKeyId: id,
        settingsKeyMark: id === null ? settingsKeyMark : null,
        createdAt: now,
        lastUsedAt: now,
        expiresAt: secondsAfter(now, OPERATOR_SESSION_SECONDS),
      };
      await writes.transaction(async (manager) => {
        await insertRows(manager, { entity: OperatorSession, rows: [session] });
        await recordEvents(manager, services, context, consoleSignedIn());
      });
      return { token, name, expiresAt: secondsAfter(now, OPERATOR_IDLE_SECONDS) };
    },
    async find(token, { isUse }) {
      const hash = hashSecret(token);
      const [row] = await select<Row>(
        reads,
        `SELECT s.settings_key_mark, s.last_used_at, s.expires_at, k.name, k.revoked_at
         FROM operator_sessions s LEFT JOIN admin_keys k ON k.id = s.admin_key_id WHERE s.hash = ?`,
        [hash],
      );
      if (!row) return null;
      const isKeyGood =
        row.name === null ? row.settings_key_mark === settingsKeyMark : row.revoked_at === null;
      const now = clock.now();
      const lastUsedAt = new Date(Number(row.last_used_at));
      const end = new Date(Number(row.expires_at));
      const isExpired = now >= end || now >= secondsAfter(lastUsedAt, OPERATOR_IDLE_SECONDS);
      if (!isKeyGood || isExpired) return null;
      const isWorthWriting = isUse && +now - +lastUsedAt >= LAST_USE_SECONDS * 1_000;
      if (isWorthWriting) {
        await writes.transaction((manager) =>
          execute(manager, "UPDATE operator_sessions SET last_used_at = ? WHERE hash = ?", [+now, hash]),
        );
      }
      const usedAt = isWorthWriting ? now : lastUsedAt;
      return {
        name: row.name ?? SETTINGS_KEY_NAME,
        expiresAt: earlier(end, secondsAfter(usedAt, OPERATOR_IDLE_SECONDS)),
      };
    },
    end: (context, token) =>
      writes.transaction(async (manager) => {
        const ended = await execute(manager, "DELETE FROM operator_sessions WHERE hash = ?", [
          hashSecret(token),
        ]);
        if (ended > 0) await recordEvents(manager, services, context, consoleSignedOut());
        return ended > 0;
      }),
  };
}
