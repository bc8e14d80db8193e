/** `auth/providers.json`, the file in which App Services kept its providers: read into a draft, written from what is live. */
import { z } from "zod";
import { PasserbyError } from "../errors.ts";
import { MASK, maskSettings } from "./configuration.ts";
import type { ProviderState } from "./provider-states.ts";
import type { SaveProvider } from "./saving.ts";

const fileSchema = z.record(
  z.string(),
  z.object({
    name: z.string().optional(),
    type: z.string(),
    disabled: z.boolean().default(false),
    config: z.record(z.string(), z.unknown()).optional(),
    secret_config: z.record(z.string(), z.unknown()).optional(),
    metadata_fields: z
      .array(
        z.object({ name: z.string(), field_name: z.string().optional(), required: z.boolean().optional() }),
      )
      .optional(),
  }),
);

/**
 * What the file asks of each provider. Fields under `config` are taken under our names; those of App Services that
 * mean the same are translated, the others are refused by the provider with their name.
 * @param file what errors call it
 * @throws PasserbyError BAD_USER_INPUT when it is not such a file
 */
export function parseProvidersJson(text: string, file = "providers.json"): SaveProvider[] {
  return Object.entries(readEntries(text, file)).map(([key, entry]) => {
    const settings = translateConfig(entry.type, { ...entry.config, ...entry.secret_config });
    const claims = (entry.metadata_fields ?? []).map((field) => [field.name, field.field_name ?? field.name]);
    if (claims.length > 0) settings.profileClaims = Object.fromEntries(claims);
    return { name: entry.name ?? key, type: entry.type, enabled: !entry.disabled, settings };
  });
}

/** Secrets that such a file only names: App Services kept them elsewhere. */
export const findNamedSecrets = (
  text: string,
  file: string,
): { provider: string; secrets: string[]; enabled: boolean }[] =>
  Object.entries(readEntries(text, file))
    .map(([key, { name, secret_config, disabled }]) => ({
      provider: name ?? key,
      secrets: Object.keys(secret_config ?? {}),
      enabled: !disabled,
    }))
    .filter(({ secrets }) => secrets.length > 0);

function readEntries(text: string, file: string): z.infer<typeof fileSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PasserbyError("BAD_USER_INPUT", { message: `${file} is not valid JSON.`, cause });
  }
  const result = fileSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${file} needs an object of providers, each with type and disabled. ${issue?.path.join(".")}: ${issue?.message}`,
    });
  }
  return result.data;
}

/** The file names every field; what is empty or off asks for nothing. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== "" && value !== false;

function translateConfig(type: string, config: Record<string, unknown>): Record<string, unknown> {
  if (type === "local-userpass") {
    const { autoConfirm, emailConfirmationUrl, resetPasswordUrl, ...rest } = config;
    const asked = Object.entries(rest).filter(([, value]) => isGiven(value));
    return {
      ...Object.fromEntries(asked),
      ...(typeof autoConfirm === "boolean" && { confirmation: autoConfirm ? "automatic" : "email" }),
      ...(isGiven(emailConfirmationUrl) && { confirmUrl: emailConfirmationUrl }),
      ...(isGiven(resetPasswordUrl) && { resetUrl: resetPasswordUrl }),
    };
  }
  if (type === "custom-token") {
    const { signingAlgorithm, useJWKURI, jwkURI, requireAnyAudience, audience, signingKeys, ...rest } =
      config;
    return {
      ...rest,
      ...(signingAlgorithm !== undefined && { algorithms: [signingAlgorithm] }),
      ...(useJWKURI === true && { jwksUrl: jwkURI }),
      ...(audience !== undefined && { audience: Array.isArray(audience) ? audience : [audience] }),
    };
  }
  if (type === "custom-function") {
    // Functions of an app that is not here: what stands for them is the address of an endpoint.
    const { authFunctionName, authFunctionId, ...rest } = config;
    return rest;
  }
  if (/^oauth2-/.test(type) && config.clientId !== undefined) {
    // Its client secret is the name of a secret that the file does not hold, and it had redirects of its own.
    const { clientId, clientSecret, openId, ...rest } = config;
    return { ...rest, clientIds: [clientId] };
  }
  return { ...config };
}

/** The file for a configuration. Secrets are left out: an import keeps those that are stored. */
export function formatProvidersJson(states: readonly ProviderState[]): string {
  const file = Object.fromEntries(
    states.map(({ provider, live }) => {
      const { profileClaims, ...config } = maskSettings(live.settings) as Record<string, unknown>;
      const shown = Object.entries(config).filter(([, value]) => value !== MASK);
      const fields = Object.entries((profileClaims ?? {}) as Record<string, string>);
      return [
        provider.name,
        {
          name: provider.name,
          type: provider.type,
          disabled: !live.enabled,
          ...(shown.length > 0 && { config: Object.fromEntries(shown) }),
          ...(fields.length > 0 && {
            metadata_fields: fields.map(([name, field_name]) => ({ name, field_name, required: false })),
          }),
        },
      ];
    }),
  );
  return `${JSON.stringify(file, null, 2)}\n`;
}
