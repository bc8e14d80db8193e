import { expect, it } from "@jest/globals";
import { pino } from "pino";
import { createApp } from "../../src/app.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { ADMIN_KEY, MASTER_KEY } from "../support/keys.ts";
import { TestClock } from "../support/test-clock.ts";

/** Waits for what a job of a running gateway does. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

it("publishes the next signing key by itself when the newest has signed for SIGNING_KEY_ROTATION_DAYS", async () => {
  const clock = new TestClock();
  const settings = readSettings({
    DATABASE_URL: "sqlite::memory:",
    MASTER_KEY,
    ADMIN_KEY,
    SIGNING_KEY_ROTATION_DAYS: "30",
  });
  const app = await createApp({ settings, log: pino({ level: "silent" }), clock });
  const { signingKeys } = app.services;
  try {
    clock.advance({ days: 30 });
    await until(() => signingKeys.list().length === 2);
    expect(signingKeys.list().map(({ state }) => state)).toEqual(["PENDING", "SIGNING"]);
  } finally {
    await app.stop();
  }
});
