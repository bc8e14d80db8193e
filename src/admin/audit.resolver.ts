/** The audit log and statistics. */
import { Arg, Args, Ctx, Int, Query, Resolver } from "type-graphql";
import { viewEvent } from "../audit/event-view.ts";
import { listAuditEvents } from "../audit/list-events.ts";
import { PasserbyError } from "../errors.ts";
import { Access } from "../schema/access.ts";
import { pageSize, toPage } from "../schema/connection.ts";
import type { GraphContext } from "../schema/context.ts";
import { readStatistics } from "../statistics/statistics.ts";
import { decodeCursor } from "../text/cursor.ts";
import { AuditEventConnection, AuditEventsArguments, toAuditQuery } from "./audit.types.ts";
import { Statistics } from "./statistics.types.ts";

const isEventId = (value: unknown): value is string => typeof value === "string";
const MAX_DAYS = 400;

@Resolver()
export class AuditResolver {
  @Access("admin")
  @Query(() => AuditEventConnection, { description: "The audit log, newest first." })
  async auditEvents(
    @Args(() => AuditEventsArguments) { first, after, filter }: AuditEventsArguments,
    @Ctx() { services }: GraphContext,
  ): Promise<AuditEventConnection> {
    const size = pageSize(first);
    const events = await listAuditEvents(services.reads, {
      query: toAuditQuery(filter ?? {}),
      after: after ? decodeCursor(after, isEventId) : null,
      limit: size + 1,
    });
    return toPage(events.map(viewEvent), size, ({ id }) => id);
  }

  @Access("admin")
  @Query(() => Statistics, { description: "Statistics for an overview. Days and weeks are in UTC." })
  statistics(
    @Arg("days", () => Int, {
      defaultValue: 30,
      description: `How many days up to today, from 1 to ${MAX_DAYS}.`,
    })
    days: number,
    @Ctx() { services }: GraphContext,
  ): Promise<Statistics> {
    if (days < 1 || days > MAX_DAYS) {
      throw new PasserbyError("BAD_USER_INPUT", { message: `\`days\` must be from 1 to ${MAX_DAYS}.` });
    }
    return readStatistics(services, days);
  }
}
