/** Which providers a configuration can hold: those of the registry, and any number of the types that operators name. */
import type { ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";

const NAME = /^[a-z][a-z0-9-]{1,48}$/;
/** Names of the App Services protocol mean there what they always meant, also those that are not there yet. */
const RESERVED = /^(oauth2-.*|api-key|custom-function)$/;

export interface Catalogue {
  /** Those that go by their own name. */
  readonly builtIn: readonly Provider[];
  /** Types that operators name. */
  readonly addable: readonly Provider[];
  /** Every built-in provider, also those that came after it was stored, then the named ones. */
  complete(stored: readonly ProviderConfiguration[]): ProviderConfiguration[];
  /** The provider that a configuration is of, under the name that it has there. */
  describe(configuration: ProviderConfiguration): Provider;
  /**
   * What a provider that is about to be saved was before.
   * @returns itself, or for a name that is free, one of that type that is off
   * @throws PasserbyError PROVIDER_NOT_FOUND when the name is free and no type is given, BAD_USER_INPUT when the name
   *   cannot be taken, or the type is another than the provider's or none that operators name
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
  const off = (name: string, type: string): ProviderConfiguration => ({
    name,
    type,
    enabled: false,
    settings: {},
  });

  return {
    builtIn,
    addable,
    complete: (stored) => [
      ...builtIn.map(({ name, type }) => ({
        ...(stored.find((each) => each.name === name) ?? off(name, type)),
        type,
      })),
      ...stored.filter(
        ({ name, type }) => !isReserved(name) && addable.some((provider) => provider.type === type),
      ),
    ],
    describe({ name, type, settings }) {
      const provider = registry.find((each) => each.type === type);
      if (!provider) throw new Error(`There is no type ${type}.`);
      if (!provider.isNamedByOperator) return provider;
      const { displayName } = settings;
      return { ...provider, name, displayName: typeof displayName === "string" ? displayName : name };
    },
    findOrAdd(providers, { name, type }) {
      const known = providers.find((each) => each.name === name);
      if (known) {
        if (type != null && type !== known.type) {
          refuse(`${name} is of type ${known.type}. A provider of another type needs another name.`);
        }
        return known;
      }
      const types = addable.map((each) => each.type).join(", ");
      if (type == null) {
        throw new PasserbyError("PROVIDER_NOT_FOUND", {
          message: `There is no provider of that name. To add one, also give its type; there is ${types}.`,
        });
      }
      if (!addable.some((each) => each.type === type)) {
        refuse(`There is no type of that name that can be added; there is ${types}.`);
      }
      if (!NAME.test(name) || isReserved(name)) {
        refuse(
          "A name has 2 to 49 of a–z, 0–9 and -, begins with a letter, and is no type and none of a built-in provider.",
        );
      }
      return off(name, type);
    },
  };
}

function refuse(message: string): never {
  throw new PasserbyError("BAD_USER_INPUT", { message });
}
