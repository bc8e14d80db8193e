import { PasserbyError } from "../errors.ts";
import type { Audit } from "./audit.ts";

/** The check that a provider is enabled comes before every rule, so its errors are counted here. */
export const countFailedChecks =
  <Args extends unknown[], Result>(
    audit: Audit,
    check: (...args: Args) => Result,
  ): ((...args: Args) => Result) =>
  (...args) => {
    try {
      return check(...args);
    } catch (error) {
      if (error instanceof PasserbyError) audit.countFailedLogin(error.code);
      throw error;
    }
  };
