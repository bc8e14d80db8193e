/** The short form of `test/load/code-attacks.load.ts`, with the limits at their defaults. */
import { expect, it } from "@jest/globals";
import { defaultLimits, formatLimits } from "../../../src/rate-limits/limits.ts";
import { attackCodes } from "../../support/code-attacks.ts";
import { deployCodes } from "../../support/email-codes.ts";
import { countRows, createDatabase, databases, startGateway } from "../../support/gateway.ts";
import { startMailServer } from "../../support/mail-server.ts";

it.each(databases)(
  "accepts none of 1,000 wrong codes from 100 addresses, and creates no user, on %s",
  async (name) => {
    const [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    const gateway = await startGateway({
      url: database.url,
      settings: { ...mailServer.settings, TRUST_PROXY: "1", RATE_LIMITS: formatLimits(defaultLimits) },
    });
    await deployCodes(gateway);
    try {
      const options = { tries: 1_000, addresses: 100, seed: 1, clients: 8 };
      const attacked = { graph: gateway.graph, mailServer };
      const { made, answers, accepted } = await attackCodes(attacked, options);
      expect(accepted).toEqual([]);
      expect(Object.keys(made)).toHaveLength(10);
      expect(Object.keys(answers)).not.toContain("INTERNAL_SERVER_ERROR");
      expect(answers.INVALID_CREDENTIALS).toBeGreaterThan(500);
      expect(await countRows(gateway, "identities", "provider = 'email-otp'")).toBe(10);
      expect(await countRows(gateway, "login_flows", "tries > 5")).toBe(0);
    } finally {
      await gateway.stop();
      await Promise.all([database.drop(), mailServer.down()]);
    }
  },
  120_000,
);
