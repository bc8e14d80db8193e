import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { Event } from "../entities/event.ts";
import { PasserbyError } from "../errors.ts";
import type { SequencedEventLog } from "../events/event-log.ts";
import { decodeCursor, encodeCursor } from "../text/cursor.ts";
import { redeliver, redeliverParked } from "../webhooks/deliveries.ts";
import { checkTypes } from "../webhooks/endpoints.ts";
import { splitList, wholeNumber } from "./arguments.ts";
import { showDelivery } from "./endpoint-lines.ts";
import { examples } from "./help.ts";
import { writeLines } from "./line-output.ts";
import { notice, type OutputOptions, print, table, withCore } from "./run.ts";
import { untilStopped } from "./stop-signals.ts";
import { formatSecond } from "./times.ts";

const MAX_LIMIT = 1_000;
/** How often `tail` looks for new events. */
const POLL_MS = 500;

const TYPE_OPTION = [
  "--type <names>",
  "only these types, comma-separated, such as user.merged,user.deleted; docs/events.md lists them",
] as const;
const ON_DEMAND_NOTE = `
user.created is recorded only while an endpoint takes it or it is read.
Reading it here, as one does without --type, has it recorded for EVENT_DAYS.`;

interface EventsOptions extends OutputOptions {
  readonly type?: string;
  /** A position; undefined when it is not given. */
  readonly after?: number;
}

export function addEventsCommands(program: Command): void {
  const events = program
    .command("events")
    .description("events: what happened to users and sessions; list, follow, deliver again");
  addListCommand(events);
  addTailCommand(events);
  addRedeliverCommand(events);
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function cursor(text: string): number {
  if (text === "start") return 0;
  try {
    return decodeCursor(text, isPosition);
  } catch {
    throw new InvalidArgumentError(
      "It must be start, or a cursor that events list or the admin graph has shown.",
    );
  }
}

const typesOf = ({ type }: EventsOptions): string[] | null =>
  type === undefined ? null : checkTypes(splitList(type));

const cursorOf = ({ position }: Event): string => encodeCursor(Number(position));

/** With the cursor that a list continues after. */
const showEvent = (event: Event) => {
  const { id, type, at, data } = event;
  return { cursor: cursorOf(event), id, type, at, data };
};

const rowOf = ({ at, type, userId }: Event): string[] => [formatSecond(at), type, userId];

function addListCommand(events: Command): void {
  events
    .command("list")
    .description("list the latest events, or those after a cursor; oldest first")
    .option(...TYPE_OPTION)
    .option("--after <cursor>", "events after this cursor; start for the oldest ones", cursor)
    .option("--limit <count>", "maximum number of events", wholeNumber(1, MAX_LIMIT), 20)
    .option("--json", "print the result as JSON, with a cursor and the data of each")
    .addHelpText("after", examples("passerby events list --type user.merged --limit 100"))
    .addHelpText("after", ON_DEMAND_NOTE)
    .action(({ limit, ...options }: EventsOptions & { limit: number }) =>
      withCore(async ({ services: { eventLog } }) => {
        const after = options.after ?? null;
        const types = typesOf(options);
        const found = await eventLog.list({ after, limit: limit + 1, types });
        const shown = after === null ? found.slice(-limit) : found.slice(0, limit);
        const last = shown.at(-1);
        if (!last)
          return print([], options, [after === null ? "There are no events." : "There are none after it."]);
        print(shown.map(showEvent), options, table(["WHEN", "TYPE", "USER"], shown.map(rowOf)));
        notice(`Later events: passerby events list --after ${cursorOf(last)}`, options);
      }),
    );
}

function addTailCommand(events: Command): void {
  events
    .command("tail")
    .description("print events as they happen, until Ctrl+C")
    .option(...TYPE_OPTION)
    .option("--after <cursor>", "begin after this cursor; start for the oldest events", cursor)
    .option("--json", "print each event as one line of JSON")
    .addHelpText("after", examples("passerby events tail --type user.created,user.linked --json"))
    .addHelpText("after", ON_DEMAND_NOTE)
    .action((options: EventsOptions) =>
      untilStopped((stopped) =>
        withCore(async ({ services: { eventLog } }) => {
          const query = { types: typesOf(options), after: options.after ?? null };
          await writeLines((closed) =>
            follow(eventLog, query, { options, signal: AbortSignal.any([stopped, closed]) }),
          );
        }),
      ),
    );
}

async function* follow(
  eventLog: SequencedEventLog,
  { types, after }: { types: string[] | null; after: number | null },
  { options, signal }: { options: EventsOptions; signal: AbortSignal },
): AsyncGenerator<string> {
  let position = after ?? (await lastPosition(eventLog, types));
  notice("Waiting for events. Ctrl+C ends.", options);
  while (!signal.aborted) {
    const page = await eventLog.list({ after: position, limit: MAX_LIMIT, types });
    for (const event of page) {
      yield lineOf(event, options);
      position = Number(event.position);
      if (signal.aborted) return;
    }
    if (page.length < MAX_LIMIT) await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

async function lastPosition(eventLog: SequencedEventLog, types: string[] | null): Promise<number> {
  const [last] = await eventLog.list({ after: null, limit: 1, types });
  return Number(last?.position ?? 0);
}

const LONGEST_TYPE = "user.unlinked".length;

function lineOf(event: Event, { json }: OutputOptions): string {
  if (json) return `${JSON.stringify(showEvent(event))}\n`;
  const [when, type = "", user] = rowOf(event);
  return `${when}  ${type.padEnd(LONGEST_TYPE)}  ${user}\n`;
}

interface RedeliverOptions extends OutputOptions {
  readonly parked?: boolean;
  readonly endpoint?: string;
}

function addRedeliverCommand(events: Command): void {
  events
    .command("redeliver [deliveryId]")
    .description(
      "deliver an event to its endpoint again, with the same webhook-id; or all that were given up",
    )
    .option("--parked", "all parked deliveries of --endpoint")
    .option("--endpoint <id>", "the endpoint of --parked")
    .option("--json", "print the result as JSON")
    .addHelpText("after", examples("passerby events redeliver --parked --endpoint <id>"))
    .action((deliveryId: string | undefined, { parked, endpoint, ...options }: RedeliverOptions) =>
      withCore(async ({ services }) => {
        if (deliveryId !== undefined && !parked && endpoint === undefined) {
          const delivery = await redeliver(services, deliveryId);
          const line = `${delivery.event.type} of ${delivery.event.at.toISOString()} is queued for ${delivery.endpoint.url}.`;
          return print(showDelivery(delivery), options, [line]);
        }
        if (deliveryId !== undefined || !parked || endpoint === undefined) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message:
              "Give either the id of a delivery, or --parked and --endpoint <id>. `passerby webhooks deliveries --state parked` lists deliveries that were given up.",
          });
        }
        const count = await redeliverParked(services, endpoint);
        const line =
          count === 0 ? "No delivery is parked." : `${count.toLocaleString("en")} deliveries are queued.`;
        print({ endpointId: endpoint, deliveries: count }, options, [line]);
      }),
    );
}
