import { PasserbyError } from "../errors.ts";
import type { Audit } from "./audit.ts";

/** The check that a way in is on comes before every rule, so what it refuses is counted here, and not recorded. */
export const countRefusals =
  <Args extends unknown[], Result>(
    audit: Audit,
    check: (...args: Args) => Result,
  ): ((...args: Args) => Result) =>
  (...args) => {
    try {
      return check(...args);
    } catch (error) {
      if (error instanceof PasserbyError) audit.countRefusedLogin(error.code);
      throw error;
    }
  };
