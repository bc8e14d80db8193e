/** A gateway on a new SQLite database that ends with its test, however that ends. */
import { afterEach } from "@jest/globals";
import { createDatabase, type Gateway, startGateway } from "./gateway.ts";

const endings: (() => Promise<unknown>)[] = [];

/** To be called at the beginning of a file. */
export function endGatewaysAfterEach(): void {
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
}

/** Undone after the test, the last first. */
export const atEnd = (ending: () => Promise<unknown>): void => void endings.push(ending);

export async function newGateway(settings: Record<string, string> = {}): Promise<Gateway> {
  const database = await createDatabase("sqlite");
  atEnd(database.drop);
  const gateway = await startGateway({ url: database.url, settings });
  atEnd(gateway.stop);
  return gateway;
}
