/** Which providers a configuration can have: the built-in ones, and any number of the types that operators name. */
import type { ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";

const NAME = /^[a-z][a-z0-9-]{1,48}$/;
/** Names that have a meaning in the App Services protocol, including those of providers that do not exist here yet. */
const RESERVED = /^(oauth2-.*|api-key|custom-function)$/;

export interface Catalogue {
  /** Providers that exist once, under their own name. */
  readonly builtIn: readonly Provider[];
  /** Types of which operators add providers, each under a name of its own. */
  readonly addable: readonly Provider[];
  /** Every built-in provider, disabled where the configuration was stored before it existed, then the named ones. */
  withDefaults(stored: readonly ProviderConfiguration[]): ProviderConfiguration[];
  /** The provider of a configuration, with the name it has there. */
  providerFor(configuration: ProviderConfiguration): Provider;
  /**
   * The configuration that is about to be replaced.
   * @returns for an unused name, a disabled provider of that type
   * @throws PasserbyError PROVIDER_NOT_FOUND when the name is unused and no type is given, BAD_USER_INPUT when the name
   *   is not allowed, or the type is not the provider's or cannot be added
   */
  findOrAdd(
    providers: readonly ProviderConfiguration[],
    wanted: { name: string; type?: string | null },
  ): ProviderConfiguration;
}

export function createCatalogue(registry: readonly Provider[]): Catalogue {
  const builtIn = registry.filter((each) => !each.isNamedByOperator);
  const addable = registry.filter((each) => each.isNamedByOperator);
  const isReserved = (name: string): boolean =>
    RESERVED.test(name) || registry.some((each) => each.name === name || each.type === name);
  const disabled = (name: string, type: string): ProviderConfiguration => ({
    name,
    type,
    enabled: false,
    settings: {},
  });

  return {
    builtIn,
    addable,
    withDefaults: (stored) => [
      ...builtIn.map(({ name, type }) => ({
        ...(stored.find((each) => each.name === name) ?? disabled(name, type)),
        type,
      })),
      ...stored.filter(
        ({ name, type }) => !isReserved(name) && addable.some((provider) => provider.type === type),
      ),
    ],
    providerFor({ name, type, settings }) {
      const provider = registry.find((each) => each.type === type);
      if (!provider) throw new Error(`There is no provider type ${type}.`);
      if (!provider.isNamedByOperator) return provider;
      const { displayName } = settings;
      return { ...provider, name, displayName: typeof displayName === "string" ? displayName : name };
    },
    findOrAdd(providers, { name, type }) {
      const known = providers.find((each) => each.name === name);
      if (known) {
        if (type != null && type !== known.type) {
          reject(`${name} is of type ${known.type}. A provider of another type needs another name.`);
        }
        return known;
      }
      const types = addable.map((each) => each.type).join(", ");
      if (type == null) {
        throw new PasserbyError("PROVIDER_NOT_FOUND", {
          message: `There is no provider of that name. To add one, also give its type. Types that can be added: ${types}.`,
        });
      }
      if (!addable.some((each) => each.type === type)) {
        reject(`This type cannot be added. Types that can be added: ${types}.`);
      }
      if (!NAME.test(name) || isReserved(name)) {
        reject(
          "A provider name has 2 to 49 of the characters a–z, 0–9 and -, begins with a letter, and is not the name of a type or of a built-in provider.",
        );
      }
      return disabled(name, type);
    },
  };
}

function reject(message: string): never {
  throw new PasserbyError("BAD_USER_INPUT", { message });
}
