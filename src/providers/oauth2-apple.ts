import { SignJWT } from "jose";
import { ClientSecretPost } from "openid-client";
import { z } from "zod";
import { keyProblem, readSigningKey } from "./jwt/pem.ts";
import { profileClaims } from "./openid-connect/profile-claims.ts";
import { makeOpenidProvider, type OpenidPreset } from "./openid-connect/provider.ts";
import { clientIds, needs, redirectUris, scopes } from "./openid-connect/settings.ts";

const ISSUER = "https://appleid.apple.com";
/** Apple accepts up to six months; a new one is made for each exchange. */
const SECRET_SECONDS = 300;

const tenCharacters = z
  .string()
  .regex(/^[A-Z0-9]{10}$/, { message: "It must be ten characters of A–Z and 0–9." });

const settings = z
  .strictObject({
    clientIds,
    teamId: tenCharacters.optional().meta({
      title: "Team id",
      description: "The team id of your Apple developer account, for the redirect flow.",
    }),
    keyId: tenCharacters
      .optional()
      .meta({ title: "Key id", description: "The id of the private key, for the redirect flow." }),
    privateKey: z
      .string()
      .max(20_000)
      .superRefine((pem, context) => {
        const problem = keyProblem(() => readSigningKey(pem, "ES256"));
        if (problem !== null) context.addIssue({ code: "custom", message: problem });
      })
      .optional()
      .meta({
        title: "Private key",
        description: "The content of the .p8 file from Apple, for the redirect flow.",
        secret: true,
      }),
    redirectUris,
    scopes: scopes(),
    profileClaims,
  })
  .superRefine(({ redirectUris, ...given }, context) => {
    if (redirectUris.length === 0) return;
    for (const name of ["teamId", "keyId", "privateKey"] as const) {
      if (given[name] === undefined) context.addIssue(needs(name, "Apple's redirect flow requires it."));
    }
  });

type Settings = z.infer<typeof settings>;

/** Apple's client secret is a token that the client signs; its developer documentation, "Creating a client secret". */
async function makeClientSecret({ clientIds, teamId, keyId, privateKey }: Settings, now: Date) {
  const seconds = Math.floor(+now / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: String(keyId) })
    .setIssuer(String(teamId))
    .setSubject(String(clientIds[0]))
    .setAudience(ISSUER)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + SECRET_SECONDS)
    .sign(readSigningKey(String(privateKey), "ES256"));
}

export const applePreset: OpenidPreset<Settings> = {
  type: "oauth2-apple",
  displayName: "Apple",
  settings: settings as unknown as z.ZodType<Settings>,
  issuerOf: () => ISSUER,
  redirect: {
    authenticateClient: async (settings, now) => ClientSecretPost(await makeClientSecret(settings, now)),
    // Apple sends profile data only in the body of a POST.
    authorizationParameters: ({ scopes }): Record<string, string> =>
      scopes.some((scope) => scope !== "openid") ? { response_mode: "form_post" } : {},
  },
};

export const oauth2Apple = makeOpenidProvider(applePreset);
