/** The short form of `test/load/ceremony-attacks.load.ts`: the same attacks each time. */
import { expect, it } from "@jest/globals";
import { attack } from "../../support/ceremony-attacks.ts";
import { createDatabase, databases, startGateway } from "../../support/gateway.ts";
import { deployPasskeys } from "../../support/passkeys.ts";

it.each(databases)("accepts none of 300 hostile ceremonies, and changes no user, on %s", async (name) => {
  const database = await createDatabase(name);
  const gateway = await startGateway({ url: database.url });
  await deployPasskeys(gateway);
  try {
    const { made, accepted } = await attack(gateway, { ceremonies: 300, seed: 1, clients: 4 });
    expect(accepted).toEqual([]);
    expect(Object.keys(made)).toHaveLength(16);
  } finally {
    await gateway.stop();
    await database.drop();
  }
});
