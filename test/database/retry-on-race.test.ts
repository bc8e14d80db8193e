import { describe, expect, it } from "@jest/globals";
import { retryOnRace } from "../../src/database/retry-on-race.ts";

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Fails with each error in turn, then gives the number of the try. */
const failing =
  (...errors: readonly Error[]) =>
  async (tries: number): Promise<number> => {
    const error = errors[tries - 1];
    if (error) throw error;
    return tries;
  };

describe("a decision", () => {
  it.each([
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    "23505",
    "23503",
  ])("that fails with %s is made again", async (code) => {
    expect(await retryOnRace(failing(failure(code), failure(code)))).toBe(3);
  });

  it("is made five times at most, and gives the last error", async () => {
    const errors = Array.from({ length: 6 }, () => failure("23505"));
    await expect(retryOnRace(failing(...errors))).rejects.toBe(errors[4]);
  });

  it("that fails with anything else is not made again", async () => {
    const error = failure("23502");
    await expect(retryOnRace(failing(error))).rejects.toBe(error);
  });

  it("is also made again after an error that its caller names, and only in the tries that it names", async () => {
    const [first, second] = [new Error("first"), new Error("second")];
    expect(await retryOnRace(failing(first), (error) => error === first)).toBe(2);
    await expect(retryOnRace(failing(first, second), (_, tries) => tries === 1)).rejects.toBe(second);
  });
});
