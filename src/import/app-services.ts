/**
 * Translates providers of App Services into settings. The result must not be less strict: a restriction that has no
 * equivalent here keeps the provider disabled, and everything else that is not imported is reported in a note.
 */

/** An entry of `auth/providers.json`. */
export interface ExportedProvider {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Fields whose value names a secret. */
  readonly secretConfig: Readonly<Record<string, unknown>>;
  readonly metadataFields: readonly { name: string; field_name: string; required: boolean }[];
  readonly redirectUris: readonly unknown[];
  readonly domainRestrictions: readonly unknown[];
}

export interface TranslationContext {
  /** APP_ID, the default audience of tokens in App Services. */
  readonly appId: string;
  /** Secret values by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Translation {
  readonly settings: Record<string, unknown>;
  /** Differences from App Services, a sentence each. */
  readonly notes: readonly string[];
  /** Why it must stay disabled. */
  readonly obstacles: readonly string[];
}

/** The file has every field; an empty or false value means that it is not set. */
const isGiven = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== "" &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0);

const onlyGiven = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)));

const quote = (value: unknown): string => JSON.stringify(value) ?? "nothing";

const words: Readonly<Record<string, readonly string[]>> = {
  "local-userpass": [
    "autoConfirm",
    "emailConfirmationUrl",
    "confirmEmailSubject",
    "runConfirmationFunction",
    "confirmationFunctionName",
    "confirmationFunctionId",
    "resetPasswordUrl",
    "resetPasswordSubject",
    "runResetFunction",
    "resetFunctionName",
    "resetFunctionId",
  ],
  "custom-token": ["signingAlgorithm", "useJWKURI", "jwkURI", "requireAnyAudience"],
  "custom-function": ["authFunctionName", "authFunctionId"],
};
const OAUTH = /^oauth2-(google|facebook|apple)$/;

/** Whether an entry was exported by App Services; this gateway's own exports have the names of its settings. */
export function isOfAppServices(entry: ExportedProvider): boolean {
  const { type, config, secretConfig, redirectUris, domainRestrictions } = entry;
  const names = OAUTH.test(type) ? ["clientId", "openId"] : (words[type] ?? []);
  return (
    names.some((name) => name in config) ||
    [secretConfig, redirectUris, domainRestrictions].some((each) => Object.keys(each).length > 0) ||
    (type === "custom-token" && "audience" in config && !("algorithms" in config))
  );
}

export function translate(entry: ExportedProvider, surroundings: TranslationContext): Translation {
  const { type } = entry;
  if (type === "local-userpass") return emailPassword(entry);
  if (type === "custom-token") return customToken(entry, surroundings);
  if (type === "custom-function") return customFunction(entry);
  if (OAUTH.test(type)) return oauth(entry, surroundings);
  return { settings: onlyGiven({ ...entry.config, ...entry.secretConfig }), notes: [], obstacles: [] };
}

function emailPassword({ config, secretConfig }: ExportedProvider): Translation {
  const {
    autoConfirm,
    emailConfirmationUrl,
    runConfirmationFunction,
    confirmationFunctionName,
    confirmationFunctionId: _confirmationFunctionId,
    resetPasswordUrl,
    runResetFunction,
    resetFunctionName,
    resetFunctionId: _resetFunctionId,
    confirmEmailSubject,
    resetPasswordSubject,
    ...rest
  } = config;
  const isAutomatic = autoConfirm === true;
  const decides = isGiven(runConfirmationFunction) && !isAutomatic;
  const resets = isGiven(runResetFunction);
  const idle = [
    ...(isGiven(confirmationFunctionName) && !decides ? ["confirmationFunctionName"] : []),
    ...(isGiven(resetFunctionName) && !resets ? ["resetFunctionName"] : []),
  ];
  return {
    settings: {
      confirmation: isAutomatic ? "automatic" : "email",
      minPasswordLength: 6,
      refuseCommonPasswords: false,
      ...(isGiven(emailConfirmationUrl) && { confirmUrl: emailConfirmationUrl }),
      ...(isGiven(resetPasswordUrl) && { resetUrl: resetPasswordUrl }),
      ...(resets && { passwordReset: "off" }),
      ...onlyGiven({ ...rest, ...secretConfig }),
    },
    notes: [
      "minPasswordLength is 6 and refuseCommonPasswords is false, as in App Services; 8 and true are safer.",
      ...(isGiven(confirmEmailSubject) || isGiven(resetPasswordSubject)
        ? [
            "confirmEmailSubject, resetPasswordSubject: not imported. Subjects are in the email templates (MAIL_TEMPLATES).",
          ]
        : []),
      ...(resets
        ? [
            `runResetFunction: there is no function ${quote(resetFunctionName)} here, so passwordReset is off: users cannot reset passwords. Set it to email to allow resets by email.`,
          ]
        : []),
      ...(idle.length > 0 ? [`${idle.join(", ")}: left out; nothing ran it.`] : []),
    ],
    obstacles: decides
      ? [
          `runConfirmationFunction: the function ${quote(confirmationFunctionName)} decided who may register, and does not run here. Choose a confirmation yourself`,
        ]
      : [],
  };
}

function customToken(entry: ExportedProvider, { appId, secrets }: TranslationContext): Translation {
  const { signingAlgorithm, useJWKURI, jwkURI, requireAnyAudience, audience, ...rest } = entry.config;
  const { signingKeys, ...otherSecrets } = entry.secretConfig;
  const audiences = [audience].flat().filter(isGiven);
  const names = [signingKeys].flat().filter(isGiven).map(String);
  const known = names.find((name) => Object.hasOwn(secrets, name));
  const isPublished = useJWKURI === true;
  const key = known === undefined ? undefined : secrets[known];
  const isShared = String(signingAlgorithm).startsWith("HS");
  const profile = readMetadata(entry.metadataFields);
  const required = entry.metadataFields.filter((each) => each.required).map(({ name }) => name);
  return {
    settings: {
      audience: audiences.length > 0 ? audiences : [appId],
      requireAllAudiences: requireAnyAudience !== true && audiences.length > 1,
      // signingAlgorithm is ignored: App Services accepted RS256 only for published keys.
      ...(isPublished
        ? { jwksUrl: jwkURI, algorithms: ["RS256"], secret: null }
        : {
            ...(isGiven(signingAlgorithm) && { algorithms: [signingAlgorithm] }),
            ...(key !== undefined && (isShared ? { secret: key } : { publicKey: key, secret: null })),
          }),
      ...(Object.keys(profile.claims).length > 0 && { profileClaims: profile.claims }),
      ...(required.length > 0 && { requiredClaims: [...new Set(required)] }),
      ...onlyGiven({ ...rest, ...otherSecrets }),
    },
    notes: [
      ...(audiences.length === 0
        ? [
            `audience: the file names none, which meant the app id, so tokens must be for ${quote(appId)} (APP_ID).`,
          ]
        : []),
      ...(isPublished || known !== undefined || names.length === 0
        ? []
        : [
            `signingKeys: the file only names ${names.map(quote).join(", ")}. Import it again with --secrets <file>, a JSON object of each name and its value.`,
          ]),
      ...(!isPublished && names.length > 1
        ? [
            `signingKeys: there is one key here, ${quote(known ?? names[0])}; tokens signed by another of the ${names.length} are rejected.`,
          ]
        : []),
      ...(isPublished && names.length > 0 ? ["signingKeys: left out; the keys at jwkURI were used."] : []),
      ...profile.notes,
    ],
    obstacles: [],
  };
}

function customFunction({ config, secretConfig }: ExportedProvider): Translation {
  const { authFunctionName, authFunctionId: _authFunctionId, ...rest } = config;
  return {
    settings: onlyGiven({ ...rest, ...secretConfig }),
    notes: [
      `authFunctionName: the function ${quote(authFunctionName)} does not run here. Replace it with an endpoint of yours: set url and secret.`,
    ],
    obstacles: [],
  };
}

/** The ID token claims of Google and Facebook, by the field names of their profiles. */
const idTokenClaims: Readonly<Record<string, string>> = {
  name: "name",
  email: "email",
  picture: "picture",
  first_name: "given_name",
  last_name: "family_name",
};

function oauth(entry: ExportedProvider, { secrets }: TranslationContext): Translation {
  const { type, redirectUris, domainRestrictions } = entry;
  const { clientId, openId, ...rest } = entry.config;
  const { clientSecret, ...otherSecrets } = entry.secretConfig;
  const isGoogle = type === "oauth2-google";
  const secret =
    isGoogle && Object.hasOwn(secrets, String(clientSecret)) ? secrets[String(clientSecret)] : undefined;
  const fields = entry.metadataFields.filter(({ name }) => Object.hasOwn(idTokenClaims, name));
  const others = entry.metadataFields.filter((each) => !fields.includes(each)).map(({ name }) => name);
  const profile = readMetadata(
    fields.map((each) => ({ ...each, name: idTokenClaims[each.name] ?? each.name })),
  );
  const required = entry.metadataFields.filter((each) => each.required).map(({ name }) => name);
  return {
    settings: {
      ...(isGiven(clientId) && { clientIds: [clientId] }),
      ...(secret !== undefined && { clientSecret: secret }),
      ...(isGoogle && domainRestrictions.length > 0 && { emailDomains: domainRestrictions }),
      ...(fields.length > 0 && { profileClaims: profile.claims }),
      ...onlyGiven({ ...rest, ...otherSecrets }),
    },
    notes: [
      ...(isGiven(openId) || type === "oauth2-apple"
        ? []
        : [`${type} takes ID tokens only: neither auth codes nor access tokens log in.`]),
      ...(isGiven(clientSecret) && secret === undefined
        ? [
            isGoogle
              ? `clientSecret: the file only names ${quote(clientSecret)}. ID tokens do not need it, a redirect flow does: --secrets <file>.`
              : "clientSecret: left out; ID tokens are verified with published keys.",
          ]
        : []),
      ...(redirectUris.length > 0
        ? [
            "redirect_uris: not imported. The provider sends browsers to your own page here: register it there, and set redirectUris.",
          ]
        : []),
      ...(others.length > 0 ? [`metadata_fields: ${others.join(", ")} is in no ID token, so left out.`] : []),
      ...(required.length > 0
        ? [
            `metadata_fields: ${required.join(", ")} was required there, and a login without it succeeds here.`,
          ]
        : []),
      ...profile.notes,
    ],
    obstacles:
      !isGoogle && domainRestrictions.length > 0
        ? [
            `domain_restrictions: ${type} cannot be limited to ${domainRestrictions.map(quote).join(", ")} here`,
          ]
        : [],
  };
}

export function readMetadata(fields: ExportedProvider["metadataFields"]): {
  claims: Record<string, string>;
  notes: string[];
} {
  const twice = fields.filter(({ name }, index) => fields.findIndex((each) => each.name === name) < index);
  return {
    claims: Object.fromEntries(fields.map(({ name, field_name }) => [name, field_name])),
    notes: twice.map(
      ({ name, field_name }) =>
        `metadata_fields: ${name} becomes one field of the profile, ${field_name}; the file has two.`,
    ),
  };
}
