/** Webhook endpoints. Their deliveries are in webhook-deliveries.ts. */
import type { Command } from "commander";
import type { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import { PasserbyError } from "../errors.ts";
import type { Services } from "../services.ts";
import { testEndpoint } from "../webhooks/deliveries.ts";
import {
  countDeliveries,
  createEndpoint,
  deleteEndpoint,
  type EndpointInput,
  getEndpoint,
  listEndpoints,
  rotateSecret,
  updateEndpoint,
} from "../webhooks/endpoints.ts";
import { OVERLAP_HOURS } from "../webhooks/secrets.ts";
import { splitList } from "./arguments.ts";
import { type ConfirmOptions, confirm } from "./confirm.ts";
import { type CountedEndpoint, endpointLines, showDelivery, showEndpoint } from "./endpoint-lines.ts";
import { examples } from "./help.ts";
import { commandContext, notice, type OutputOptions, plain, print, withCore } from "./run.ts";
import { addDeliveriesCommand } from "./webhook-deliveries.ts";

const JSON_OPTION = ["--json", "print the result as JSON"] as const;
const TYPES_OPTION = [
  "--types <names>",
  "event types that it takes, comma-separated, or all; docs/events.md lists them",
] as const;

export function addWebhooksCommands(program: Command): void {
  const webhooks = program
    .command("webhooks")
    .description(
      "webhook endpoints, to which events are delivered: create, test, change, delete, deliveries",
    );
  addListCommand(webhooks);
  addCreateCommand(webhooks);
  addTestCommand(webhooks);
  addUpdateCommand(webhooks);
  addSwitchCommands(webhooks);
  addRotateCommand(webhooks);
  addDeleteCommand(webhooks);
  addDeliveriesCommand(webhooks);
}

const count = async ({ reads }: Services, endpoint: WebhookEndpoint): Promise<CountedEndpoint> => ({
  endpoint,
  pending: await countDeliveries(reads, endpoint.id, "PENDING"),
  parked: await countDeliveries(reads, endpoint.id, "PARKED"),
});

const showCounted = ({ endpoint, pending, parked }: CountedEndpoint) => ({
  ...showEndpoint(endpoint),
  pendingDeliveries: pending,
  parkedDeliveries: parked,
});

function addListCommand(webhooks: Command): void {
  webhooks
    .command("list")
    .description("list endpoints with their state and what waits for them, oldest first")
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks list --json"))
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const endpoints = await listEndpoints(services.reads);
        const counted = await Promise.all(endpoints.map((endpoint) => count(services, endpoint)));
        print(
          counted.map(showCounted),
          options,
          counted.length === 0
            ? ["There are no webhook endpoints. Create one with: passerby webhooks create <url>"]
            : endpointLines(counted),
        );
      }),
    );
}

interface EndpointOptions extends OutputOptions {
  readonly types?: string;
  readonly requiresReceipt?: boolean;
  readonly description?: string;
}

/** null for all. */
const typesOf = (text: string): string[] | null => (text.trim() === "all" ? null : splitList(text));

function addCreateCommand(webhooks: Command): void {
  webhooks
    .command("create <url>")
    .description("create an endpoint and print its signing secret, once")
    .option(TYPES_OPTION[0], TYPES_OPTION[1], "all")
    .option("--requires-receipt", "it must confirm that the data of users that are gone is purged")
    .option("--description <text>", "shown instead of the URL to people who delete their account")
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks create https://example.com/events --types user.merged"))
    .action((url: string, options: EndpointOptions & { types: string }) =>
      withCore(async ({ services }) => {
        const { endpoint, secret } = await createEndpoint(services, commandContext(), {
          url,
          types: typesOf(options.types),
          requiresReceipt: options.requiresReceipt ?? false,
          description: options.description ?? null,
        });
        print({ ...showEndpoint(endpoint), secret }, options, [secret]);
        notice("The secret is not shown again. Your server needs it to verify deliveries.", options);
        notice(`To try it: passerby webhooks test ${endpoint.id}`, options);
      }),
    );
}

function addTestCommand(webhooks: Command): void {
  webhooks
    .command("test <id>")
    .description("send a signed event of type webhook.test to an endpoint; exit code 1 if it fails")
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks test <id>"))
    .action((id: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const delivery = await testEndpoint(services, id);
        services.webhooks.sender.forget(id);
        const { lastStatus, lastError, lastAnswer, endpoint } = delivery;
        if (options.json || lastError === null) {
          print(showDelivery(delivery), options, [`${endpoint.url} answered ${lastStatus}.`]);
        } else {
          notice(`The test of ${endpoint.url} failed. ${lastError}`, options);
          if (lastAnswer?.trim()) notice(`Its answer: ${clipAnswer(lastAnswer)}`, options);
        }
        if (lastError !== null) process.exitCode = 1;
        else if (endpoint.disabledAt) {
          notice(`The endpoint is disabled. To enable it: passerby webhooks enable ${id}`, options);
        }
      }),
    );
}

const SHOWN_ANSWER = 300;

const clipAnswer = (answer: string): string => {
  const line = plain(answer.trim().replaceAll(/\s+/g, " "));
  return line.length > SHOWN_ANSWER ? `${line.slice(0, SHOWN_ANSWER)}…` : line;
};

function addUpdateCommand(webhooks: Command): void {
  webhooks
    .command("update <id>")
    .description("change an endpoint; what is not given stays as it is")
    .option("--url <url>", "its new URL; pending deliveries are sent there at once")
    .option(...TYPES_OPTION)
    .option("--requires-receipt", "it must confirm that the data of users that are gone is purged")
    .option("--no-requires-receipt", "it need not confirm, from now on")
    .option("--description <text>", 'its new description; "" for none')
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks update <id> --url https://example.com/events"))
    .action((id: string, options: EndpointOptions & { url?: string }) =>
      withCore(async ({ services }) => {
        const { url, types, requiresReceipt, description } = options;
        const changes: Partial<EndpointInput> = {
          ...(url !== undefined && { url }),
          ...(types !== undefined && { types: typesOf(types) }),
          ...(requiresReceipt !== undefined && { requiresReceipt }),
          ...(description !== undefined && { description }),
        };
        if (Object.keys(changes).length === 0) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: "There is nothing to change. Give --url, --types, --requires-receipt or --description.",
          });
        }
        const updated = await updateEndpoint(services, commandContext(), { id, ...changes });
        const counted = await count(services, updated);
        print(showCounted(counted), options, endpointLines([counted]));
      }),
    );
}

function addSwitchCommands(webhooks: Command): void {
  const addSwitch = (word: "enable" | "disable", description: string, result: string): void => {
    webhooks
      .command(`${word} <id>`)
      .description(description)
      .option(...JSON_OPTION)
      .addHelpText("after", examples(`passerby webhooks ${word} <id>`))
      .action((id: string, options: OutputOptions) =>
        withCore(async ({ services }) => {
          const disabled = word === "disable";
          const updated = await updateEndpoint(services, commandContext(), { id, disabled });
          print(showEndpoint(updated), options, [`${updated.url} is ${word}d. ${result}`]);
        }),
      );
  };
  addSwitch("enable", "enable a disabled endpoint", "What waited for it is delivered now.");
  addSwitch(
    "disable",
    "deliver nothing to an endpoint until it is enabled again",
    "Events wait for it; what fails after three days is parked.",
  );
}

function addRotateCommand(webhooks: Command): void {
  webhooks
    .command("rotate-secret <id>")
    .description(
      `make a new signing secret and print it, once; for ${OVERLAP_HOURS} hours the former one signs too`,
    )
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks rotate-secret <id>"))
    .action((id: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const { endpoint, secret } = await rotateSecret(services, commandContext(), id);
        print({ ...showEndpoint(endpoint), secret }, options, [secret]);
        notice("The secret is not shown again. Replace the former one in your server:", options);
        notice(`for ${OVERLAP_HOURS} hours, deliveries are signed with both.`, options);
      }),
    );
}

function addDeleteCommand(webhooks: Command): void {
  webhooks
    .command("delete <id>")
    .description("delete an endpoint with its deliveries; asks for confirmation")
    .option("--yes", "delete without confirmation")
    .option(...JSON_OPTION)
    .addHelpText("after", examples("passerby webhooks delete <id> --yes"))
    .action((id: string, options: ConfirmOptions) =>
      withCore(async ({ services }) => {
        const endpoint = await getEndpoint(services.reads, id);
        if (!options.yes) {
          const { pending, parked } = await count(services, endpoint);
          const loss = `This would delete ${endpoint.url} with ${pending} pending and ${parked} parked deliveries`;
          await confirm(options, {
            question: `${loss}.\nDelete?`,
            loss,
            nothing: "Nothing was deleted.",
            anyway: `To delete it: passerby webhooks delete ${id} --yes`,
          });
        }
        await deleteEndpoint(services, commandContext(), id);
        print({ id }, options, [`${endpoint.url} is deleted.`]);
      }),
    );
}
