/** Which deliveries of an endpoint may be attempted now. */
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../../clock.ts";
import { execute, select } from "../../database/sql.ts";
import { updateRows } from "../../database/update-rows.ts";
import type { Writes } from "../../database/writes.ts";
import { WebhookDelivery } from "../../entities/webhook-delivery.ts";
import type { Message } from "./message.ts";

/** A delivery that is due, with its event. */
export interface DueDelivery {
  readonly id: string;
  readonly eventId: string;
  /** Of the event; identifies the delivery at its endpoint. */
  readonly position: number;
  readonly attempts: number;
  readonly givesUpAt: Date;
  readonly message: Message;
  /** Positions of the same list that must be delivered before it: those before it of its users. */
  readonly waitsFor: readonly number[];
}

/** Read at once: deliveries wait in the database, of which there may be millions, and not in memory. */
export const PAGE = 256;
/** Pages that are looked through for a delivery that waits for nothing. */
const MAX_PAGES = 16;

const SELECT_DUE = `
  SELECT d.id, d.event_id, d.position, d.user_id, d.former_user_id, d.attempts, d.gives_up_at, v.type, v.at, v.data
  FROM (
    SELECT * FROM webhook_deliveries WHERE endpoint_id = ? AND state = 'PENDING' AND next_attempt_at <= ?
    ORDER BY next_attempt_at, position LIMIT ${PAGE} OFFSET ?) AS d
  JOIN events v ON v.id = d.event_id
  ORDER BY d.position`;

/**
 * The deliveries that may be attempted, each after those that it waits for. Those that wait for one that is not due are
 * postponed, so that they are not looked at in vain.
 * @param options.held positions that are left out, because they are in memory already
 */
export async function listDue(
  services: { reads: EntityManager; writes: Writes },
  { endpointId, now, held }: { endpointId: string; now: Date; held: ReadonlySet<number> },
): Promise<DueDelivery[]> {
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const rows = await select<DueRow>(services.reads, SELECT_DUE, [endpointId, +now, offset]);
    if (rows.length === 0) return [];
    const elsewhere = await findEarliestElsewhere(services.reads, endpointId, rows);
    const { accepted, blocked } = sortOut(rows, { held, elsewhere });
    if (blocked.length > 0) await postpone(services, { endpointId, now, blocked });
    if (accepted.length > 0 || rows.length < PAGE) return accepted;
    offset += rows.length - blocked.length;
  }
  return [];
}

/** A merge is an event of both users: it waits for those of both, and those of both wait for it. */
const usersOf = ({ user_id, former_user_id }: DueRow): string[] =>
  former_user_id === null ? [user_id] : [user_id, former_user_id];

/** For users of `rows`, the earliest pending delivery that is not among `rows`. */
async function findEarliestElsewhere(
  reads: EntityManager,
  endpointId: string,
  rows: readonly DueRow[],
): Promise<Map<string, number>> {
  const users = [...new Set(rows.flatMap(usersOf))];
  const positions = rows.map(({ position }) => Number(position));
  const earliest = new Map<string, number>();
  for (const column of ["userId", "formerUserId"] as const) {
    const found = await reads
      .createQueryBuilder(WebhookDelivery, "delivery")
      .select(`delivery.${column}`, "user")
      .addSelect("MIN(delivery.position)", "position")
      .where("delivery.endpointId = :endpointId AND delivery.state = 'PENDING'", { endpointId })
      .andWhere(`delivery.${column} IN (:...users)`, { users })
      .andWhere("delivery.position < :last", { last: Math.max(...positions) })
      .andWhere("delivery.position NOT IN (:...positions)", { positions })
      .groupBy(`delivery.${column}`)
      .getRawMany<{ user: string; position: Stored }>();
    for (const { user, position } of found) {
      earliest.set(user, Math.min(Number(position), earliest.get(user) ?? Number.POSITIVE_INFINITY));
    }
  }
  return earliest;
}

type Stored = number | string;

interface DueRow {
  readonly id: string;
  readonly event_id: string;
  readonly position: Stored;
  readonly user_id: string;
  readonly former_user_id: string | null;
  readonly attempts: number;
  readonly gives_up_at: Stored;
  readonly type: string;
  readonly at: Stored;
  readonly data: string;
}

/** @param rows in the order of their positions */
function sortOut(
  rows: readonly DueRow[],
  { held, elsewhere }: { held: ReadonlySet<number>; elsewhere: ReadonlyMap<string, number> },
): { accepted: DueDelivery[]; blocked: DueRow[] } {
  const accepted: DueDelivery[] = [];
  const blocked: DueRow[] = [];
  /** The last of each user that is accepted. */
  const last = new Map<string, number>();
  /** Users whose turn comes when what is in memory is stored, and users that wait for what is not due. */
  const [later, waiting] = [new Set<string>(), new Set<string>()];
  for (const row of rows) {
    const [position, users] = [Number(row.position), usersOf(row)];
    for (const user of users) {
      const earlier = elsewhere.get(user) ?? position;
      if (earlier < position) (held.has(earlier) ? later : waiting).add(user);
    }
    const isLater = held.has(position) || users.some((user) => later.has(user));
    if (isLater || users.some((user) => waiting.has(user))) {
      // Those after it wait for the same.
      for (const user of users) (isLater ? later : waiting).add(user);
      if (!isLater) blocked.push(row);
      continue;
    }
    const waitsFor = users.map((user) => last.get(user)).filter((each) => each !== undefined);
    for (const user of users) last.set(user, position);
    accepted.push(toDelivery(row, [...new Set(waitsFor)]));
  }
  return { accepted, blocked };
}

const toDelivery = (row: DueRow, waitsFor: readonly number[]): DueDelivery => ({
  id: row.id,
  eventId: row.event_id,
  position: Number(row.position),
  attempts: row.attempts,
  givesUpAt: new Date(Number(row.gives_up_at)),
  message: {
    id: row.event_id,
    type: row.type,
    at: new Date(Number(row.at)),
    data: JSON.parse(row.data) as Message["data"],
  },
  waitsFor,
});

/** For a delivery that waits for one of another user, which is a merge. */
const SHORT_PAUSE_SECONDS = 5;

/** The next attempt of blocked deliveries becomes that of their user, which the one before them has. */
async function postpone(
  { reads, writes }: { reads: EntityManager; writes: Writes },
  { endpointId, now, blocked }: { endpointId: string; now: Date; blocked: readonly DueRow[] },
): Promise<void> {
  const users = blocked.flatMap((row) => [row.user_id, row.former_user_id ?? row.user_id]);
  const found = await reads
    .createQueryBuilder(WebhookDelivery, "delivery")
    .select("delivery.userId", "user")
    .addSelect("MAX(delivery.nextAttemptAt)", "time")
    .where("delivery.endpointId = :endpointId AND delivery.state = 'PENDING'", { endpointId })
    .andWhere("delivery.nextAttemptAt > :now", { now: +now })
    .andWhere("delivery.userId IN (:...users)", { users: [...new Set(users)] })
    .groupBy("delivery.userId")
    .getRawMany<{ user: string; time: Stored }>();
  const times = new Map(found.map(({ user, time }) => [user, Number(time)]));
  const soon = +secondsAfter(now, SHORT_PAUSE_SECONDS);
  const rows = blocked.map((row) => {
    const time = times.get(row.user_id) ?? times.get(row.former_user_id ?? row.user_id) ?? soon;
    return { id: row.id, nextAttemptAt: new Date(time) };
  });
  await writes.transaction((manager) =>
    updateRows(manager, { entity: WebhookDelivery, columns: ["nextAttemptAt"], rows }),
  );
}

/** The enabled endpoints for which a delivery is due. */
export async function listDueEndpointIds(reads: EntityManager, now: Date): Promise<Set<string>> {
  const rows = await select<{ id: string }>(
    reads,
    `SELECT id FROM webhook_endpoints WHERE disabled_at IS NULL AND EXISTS (
       SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = webhook_endpoints.id AND d.state = 'PENDING' AND d.next_attempt_at <= ?)`,
    [+now],
  );
  return new Set(rows.map(({ id }) => id));
}

const BATCH = 500;

/** Makes all pending deliveries of an endpoint due, those that waited longest first. */
export async function makeAllDue(writes: Writes, endpointId: string, now: Date): Promise<void> {
  for (;;) {
    const count = await writes.transaction((manager) =>
      execute(
        manager,
        `UPDATE webhook_deliveries SET next_attempt_at = created_at WHERE id IN (
           SELECT id FROM webhook_deliveries WHERE endpoint_id = ? AND state = 'PENDING' AND next_attempt_at > ? LIMIT ${BATCH})`,
        [endpointId, +now],
      ),
    );
    if (count < BATCH) return;
  }
}
