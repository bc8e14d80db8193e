/** `auth/providers.json`, App Services' file of providers: imported into a draft, exported from the live configuration. */
import { z } from "zod";
import { MASK, maskSettings } from "../deployments/configuration.ts";
import type { SaveProvider } from "../deployments/drafts/saving.ts";
import type { ProviderState } from "../deployments/provider-states.ts";
import { PasserbyError } from "../errors.ts";
import { splitPath } from "../text/claim-path.ts";
import { JsonError, parseJson } from "../text/read-json.ts";
import {
  type ExportedProvider,
  isOfAppServices,
  readMetadata,
  type TranslationContext,
  translate,
} from "./app-services.ts";

/** One provider of a file. */
export interface ImportedProvider extends SaveProvider {
  /** Whether the file enables it; it stays disabled where it would be less strict than in App Services. */
  readonly isOnInFile: boolean;
  /** Differences from App Services, a sentence each. */
  readonly notes: readonly string[];
  /** Exported by App Services: disabled where its settings are not valid here, rather than an error. */
  readonly isOfAppServices: boolean;
  /** Why it must stay disabled. */
  readonly obstacles: readonly string[];
}

const list = z.array(z.unknown()).nullish();
const fields = z.record(z.string(), z.unknown()).nullish();
const metadataField = z.object({
  name: z.string().min(1),
  field_name: z.string().nullish(),
  required: z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]).nullish(),
});
const entrySchema = z.looseObject({
  name: z.string().nullish(),
  type: z.string(),
  disabled: z.boolean().default(false),
  config: fields,
  secret_config: fields,
  metadata_fields: z.array(metadataField).nullish(),
  redirect_uris: list,
  domain_restrictions: list,
  domainRestrictions: list,
});
const fileSchema = z.record(z.string(), entrySchema);

/** Fields that are not about the provider. */
const IGNORED = ["id", "_id", "version"];

/**
 * Parses the file. Settings of App Services become equal or stricter settings of this gateway.
 * @param file its name in errors
 * @throws PasserbyError BAD_USER_INPUT when it is not a providers file
 */
export function parseProvidersJson(
  text: string,
  file = "providers.json",
  { appId = "passerby", secrets = {} }: Partial<TranslationContext> = {},
): ImportedProvider[] {
  return Object.entries(readEntries(text, file)).map(([key, entry]): ImportedProvider => {
    const { name, type, disabled, config, secret_config, ...more } = entry;
    const { metadata_fields, redirect_uris, domain_restrictions, domainRestrictions, ...unknown } = more;
    // Some exports have domain restrictions under `config`.
    const { domain_restrictions: inner, domainRestrictions: alsoInner, ...settings } = config ?? {};
    const exported: ExportedProvider = {
      type,
      config: settings,
      secretConfig: secret_config ?? {},
      metadataFields: (metadata_fields ?? []).map(({ name, field_name, required }) => ({
        name,
        field_name: field_name || lastSegment(name),
        required: required ?? false,
      })),
      redirectUris: redirect_uris ?? [],
      domainRestrictions: [domain_restrictions, domainRestrictions, inner, alsoInner].flatMap(
        (each) => each ?? [],
      ),
    };
    const isForeign = isOfAppServices(exported);
    const translated = isForeign ? translate(exported, { appId, secrets }) : readOwn(exported);
    const strange = Object.keys(unknown).filter((each) => !IGNORED.includes(each));
    const obstacles = [
      ...translated.obstacles,
      ...(strange.length > 0 ? [`${strange.join(", ")}: not known here, and may have restricted it`] : []),
    ];
    return {
      name: name || key,
      type,
      enabled: !disabled && obstacles.length === 0,
      settings: translated.settings,
      isOnInFile: !disabled,
      isOfAppServices: isForeign || obstacles.length > 0,
      notes: translated.notes,
      obstacles,
    };
  });
}

/** The default profile field of App Services: the last segment of the path. */
const lastSegment = (path: string): string => splitPath(path).at(-1) || path;

/** As `config export` writes it. */
function readOwn({ type, config, secretConfig, metadataFields }: ExportedProvider) {
  const { claims, notes } = readMetadata(metadataFields);
  const required = metadataFields.filter((each) => each.required).map(({ name }) => name);
  const settings: Record<string, unknown> = { ...config, ...secretConfig };
  if (metadataFields.length > 0) settings.profileClaims = claims;
  if (required.length > 0 && type === "custom-token") {
    settings.requiredClaims = [...new Set([settings.requiredClaims ?? [], required].flat())];
  }
  return { settings, notes, obstacles: [] };
}

function readEntries(text: string, file: string): z.infer<typeof fileSchema> {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    const reason =
      cause instanceof JsonError && /deeper/.test(cause.message) ? "nested too deep" : "not valid JSON";
    throw new PasserbyError("BAD_USER_INPUT", { message: `${file} is ${reason}.`, cause });
  }
  const result = fileSchema.safeParse(keyed(json));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${file} needs an object of providers, each with type and disabled. ${issue?.path.join(".")}: ${issue?.message}`,
    });
  }
  return result.data;
}

/** Older exports have a file for each provider, and the Admin API gives a list. */
function keyed(json: unknown): unknown {
  const entries = Array.isArray(json) && json.length > 0 ? json : [json];
  const isEntry = (each: unknown): each is { name?: unknown; type: string } =>
    typeof each === "object" && each !== null && typeof (each as { type?: unknown }).type === "string";
  return entries.every(isEntry)
    ? Object.fromEntries(entries.map((each) => [String(each.name || each.type), each]))
    : json;
}

/** The file of a configuration, without secrets: an import keeps the stored ones. */
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
