/** webhooks deliveries */
import { type Command, Option } from "commander";
import type { DeliveryState } from "../entities/webhook-delivery.ts";
import { listDeliveries } from "../webhooks/deliveries.ts";
import { getEndpoint } from "../webhooks/endpoints.ts";
import { wholeNumber } from "./arguments.ts";
import { deliveryLines, showDelivery } from "./endpoint-lines.ts";
import { examples } from "./help.ts";
import { moreLine, type OutputOptions, print, withCore } from "./run.ts";

interface DeliveriesOptions extends OutputOptions {
  readonly endpoint?: string;
  readonly state?: Lowercase<DeliveryState>;
  readonly user?: string;
  readonly limit: number;
}

const MAX_LIMIT = 1_000;

export function addDeliveriesCommand(webhooks: Command): void {
  webhooks
    .command("deliveries")
    .description("list deliveries, newest first; all filters must match")
    .option("--endpoint <id>", "those of one endpoint")
    .addOption(
      new Option("--state <state>", "those that wait, were given up, or were delivered").choices([
        "pending",
        "parked",
        "delivered",
      ] satisfies Lowercase<DeliveryState>[]),
    )
    .option("--user <id>", "events of this user; a merge is found by both ids")
    .option("--limit <count>", "maximum number of deliveries", wholeNumber(1, MAX_LIMIT), 20)
    .option("--json", "print the result as JSON")
    .addHelpText("after", examples("passerby webhooks deliveries --state parked --limit 100"))
    .action(({ endpoint, state, user, limit, ...options }: DeliveriesOptions) =>
      withCore(async ({ services: { reads } }) => {
        if (endpoint) await getEndpoint(reads, endpoint);
        const found = await listDeliveries(reads, {
          endpointId: endpoint ?? null,
          state: (state?.toUpperCase() as DeliveryState | undefined) ?? null,
          userId: user ?? null,
          newestFirst: true,
          after: "",
          limit: limit + 1,
        });
        const newest = found.slice(0, limit);
        print(
          newest.map(showDelivery),
          options,
          newest.length === 0
            ? ["No delivery matches."]
            : [...deliveryLines(newest), ...(found.length > limit ? [moreLine(limit, MAX_LIMIT)] : [])],
        );
      }),
    );
}
