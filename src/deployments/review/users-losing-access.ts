import type { ProviderConfiguration } from "../../entities/deployment.ts";
import type { Catalogue } from "../catalogue.ts";

/** Names of the enabled providers that users can log in with again. */
export const listSignInMethods = (
  { providerFor }: Catalogue,
  configuration: readonly ProviderConfiguration[],
): string[] =>
  configuration.filter((each) => each.enabled && providerFor(each).canSignIn).map((each) => each.name);
