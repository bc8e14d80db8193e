import type { ProviderConfiguration } from "../../entities/deployment.ts";
import type { Catalogue } from "../catalogue.ts";

/** Names of the providers that are on and that one can come back with. */
export const listSignInMethods = (
  { describe }: Catalogue,
  configuration: readonly ProviderConfiguration[],
): string[] =>
  configuration.filter((each) => each.enabled && describe(each).canSignIn).map((each) => each.name);
