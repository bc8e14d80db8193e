/** Settings that a provider accepts, made from its schema, so that a test can enable every provider of the registry. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { settingsSchema } from "../../src/deployments/configuration.ts";
import type { Provider } from "../../src/identity/provider.ts";

type Schema = Readonly<{
  type?: string;
  format?: string;
  enum?: readonly unknown[];
  const?: unknown;
  minimum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  secret?: boolean;
}>;

/** An address on this machine where nothing listens: no test reaches the network. */
const NOWHERE = "https://127.0.0.1:9/";

const makers: Readonly<Record<string, (schema: Schema) => unknown>> = {
  boolean: () => false,
  integer: ({ minimum }) => minimum ?? 0,
  number: ({ minimum }) => minimum ?? 0,
  array: ({ minItems, items }) => Array.from({ length: minItems ?? 0 }, () => make(items ?? {})),
  object: ({ properties = {}, required = [] }) =>
    Object.fromEntries(required.map((name) => [name, make(properties[name] ?? {})])),
};

function make(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const maker = makers[schema.type ?? ""];
  if (maker) return maker(schema);
  // Addresses are not always marked as such, and are no bad text for anything else.
  return schema.secret ? randomBytes(32).toString("base64url") : NOWHERE;
}

const publicKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "prime256v1" })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();

/** Where a schema cannot say all that the settings must be. */
const exceptions: Readonly<Record<string, () => object>> = {
  "custom-token": () => ({ algorithms: ["ES256"], publicKey: publicKey() }),
  passkey: () => ({ rpId: "localhost", rpName: "Shop", origins: ["http://localhost:3000"] }),
  "custom-function": () => ({ secret: `whsec_${randomBytes(32).toString("base64")}` }),
};

/** @throws Error when a new provider needs a line above */
export function exampleSettings(provider: Provider): Record<string, unknown> {
  const made = make(settingsSchema(provider)) as Record<string, unknown>;
  const settings = { ...made, ...exceptions[provider.type]?.() };
  const { error } = provider.settings.safeParse(settings);
  if (error)
    throw new Error(`${provider.type} needs settings of its own in ${import.meta.url}: ${error.message}`);
  return settings;
}
