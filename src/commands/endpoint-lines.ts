/** Formats webhook endpoints and deliveries. */
import type { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import type { LoadedDelivery } from "../webhooks/deliveries.ts";
import { plain, table } from "./run.ts";
import { formatSecond, formatTime } from "./times.ts";

/** An endpoint with the number of its deliveries that wait and that were given up. */
export interface CountedEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly pending: number;
  readonly parked: number;
}

/** As `--json` prints it: without its secrets. */
export const showEndpoint = ({
  secretEncrypted: _,
  previousSecretEncrypted: __,
  ...shown
}: WebhookEndpoint) => shown;

export const showDelivery = ({ event, endpoint, ...delivery }: LoadedDelivery) => {
  const { endpointId: _, eventId: __, position: ___, nextAttemptAt, ...shown } = delivery;
  return {
    ...shown,
    userId: shown.userId || null,
    nextAttemptAt: delivery.state === "PENDING" ? nextAttemptAt : null,
    endpoint: { id: endpoint.id, url: endpoint.url },
    event: { id: event.id, type: event.type, at: event.at, data: event.data },
  };
};

function stateOf({ disabledAt, failingSince }: WebhookEndpoint): string {
  if (disabledAt) return `disabled since ${formatTime(disabledAt)}`;
  return failingSince ? `failing since ${formatTime(failingSince)}` : "ok";
}

/** A block for each, since a row with an id and a URL is wider than a terminal. */
export const endpointLines = (endpoints: readonly CountedEndpoint[]): string[] =>
  endpoints.flatMap(({ endpoint, pending, parked }, index) => {
    const { url, description } = endpoint;
    const types = endpoint.types?.join(", ") ?? "all";
    const facts: [string, string][] = [
      ["ID", endpoint.id],
      ...(description ? [["Description", plain(description)] as [string, string]] : []),
      ["Types", types],
      ...(endpoint.requiresReceipt ? [["Receipts", "required"] as [string, string]] : []),
      ["State", stateOf(endpoint)],
      ["Deliveries", `${pending.toLocaleString("en")} pending, ${parked.toLocaleString("en")} parked`],
    ];
    const lines = facts.flatMap(([name, value]) => wrap(value, `  ${name.padEnd(FACT)}`));
    return [...(index > 0 ? [""] : []), plain(url), ...lines];
  });

const FACT = 13;
const WIDTH = 80;

/** Breaks at spaces; the lines after the first are indented as far as `start` is long. */
function wrap(text: string, start: string): string[] {
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(" ")) {
    if (line.length > start.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = " ".repeat(start.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

const HEAD = ["ID", "STATE", "TYPE", "CREATED"];

/** Under a delivery that is not delivered: why, and when it is attempted next. */
export function deliveryLines(deliveries: readonly LoadedDelivery[]): string[] {
  const showsUrls = new Set(deliveries.map(({ endpointId }) => endpointId)).size > 1;
  const [head = "", ...rows] = table(
    HEAD,
    deliveries.map(({ id, state, event, createdAt }) => [
      id,
      state.toLowerCase(),
      event.type,
      formatTime(createdAt),
    ]),
  );
  return [
    head,
    ...deliveries.flatMap((delivery, index) => [
      rows[index] ?? "",
      ...(showsUrls ? wrap(plain(delivery.endpoint.url), "  ") : []),
      ...troubleOf(delivery).flatMap((sentence) => wrap(sentence, "  ")),
    ]),
  ];
}

function troubleOf({ state, attempts, lastError, nextAttemptAt, endpoint }: LoadedDelivery): string[] {
  if (state === "DELIVERED") return [];
  const reason = lastError ? [plain(lastError)] : [];
  const count = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  if (state === "PARKED") return [...reason, `Given up after ${count}.`];
  if (endpoint.disabledAt) return [...reason, "Waits until the endpoint is enabled."];
  return attempts === 0
    ? [...reason, "Not attempted yet; earlier events of its user come first."]
    : [...reason, `${count}; the next one not before ${formatSecond(nextAttemptAt)}.`];
}
