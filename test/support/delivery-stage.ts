/** A test of webhooks with its own database, gateways and endpoints, so that it can run beside the others of its file. */
import { it } from "@jest/globals";
import { createDatabase, databases } from "./database.ts";
import { answerStatus, type Endpoint, startEndpoint } from "./endpoint.ts";
import { TestClock } from "./test-clock.ts";
import { openSubscribers, type Subscribers } from "./webhooks.ts";

export interface Stage {
  /** One more on the same database. */
  startGateway(
    options?: Pick<Parameters<typeof openSubscribers>[0], "privateAddresses" | "load">,
  ): Promise<Subscribers>;
  /** One that answers 204 unless told otherwise. */
  startReceiver(reply?: Parameters<typeof startEndpoint>[0]): Promise<Endpoint & { url: string }>;
}

/** Deliveries wait most of the time: for pauses, time limits and each other. */
export function onEachDatabase(title: string, test: (stage: Stage) => Promise<void>): void {
  it.concurrent.each(databases)(`${title}, on %s`, async (name) => {
    const database = await createDatabase(name);
    // The time of this machine, because signatures are valid for minutes.
    const clock = new TestClock(new Date());
    const open: { stop(): Promise<void> }[] = [];
    try {
      await test({
        async startGateway(options) {
          const gateway = await openSubscribers({ url: database.url, clock, ...options });
          let stopped: Promise<void> | undefined;
          const stop = () => (stopped ??= gateway.stop());
          open.push({ stop });
          return { ...gateway, stop };
        },
        async startReceiver(reply = answerStatus(204)) {
          const endpoint = await startEndpoint(reply);
          open.push(endpoint);
          return { ...endpoint, url: `http://127.0.0.1:${endpoint.port}/hooks` };
        },
      });
    } finally {
      for (const each of open.reverse()) await each.stop();
      await database.drop();
    }
  });
}

export const listDeliveries = (gateway: Subscribers, where = "1 = 1") =>
  gateway.database.reads.query(
    `SELECT d.*, e.failing_since FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE ${where} ORDER BY d.position`,
  );

/** Moves the time on, and has the gateway look at what is due. */
export function pass({ services }: Subscribers, seconds: number): void {
  services.clock.advance({ seconds });
  services.eventLog.prompt();
}
