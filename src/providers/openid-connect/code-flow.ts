/** The authorization code flow of OpenID Connect (Core 1.0 §3.1), with PKCE (RFC 7636) and a nonce, always. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  clockSkew,
  clockTolerance,
  customFetch,
  fetchUserInfo,
  type ServerMetadata,
} from "openid-client";
import { PasserbyError } from "../../errors.ts";
import type { RedirectAnswer, RedirectContext, RedirectSteps } from "../../identity/provider.ts";
import { isSameAlgorithm } from "../jwt/algorithms.ts";
import { readToken, TokenError } from "../jwt/verify-token.ts";
import { ask, ProviderAnswerError, readJson, TIMEOUT_SECONDS } from "./endpoint.ts";
import { CLOCK_SKEW_SECONDS, type IdTokenClaims, invalidCredentials } from "./id-token.ts";
import { type Issuer, unavailable } from "./issuer.ts";
import { readClaim } from "./profile-claims.ts";
import type { OpenidSettings } from "./settings.ts";
import { toVerifiedIdentity } from "./verified-identity.ts";

/** What differs between providers. */
export interface CodeFlow<Settings extends OpenidSettings> {
  issuerOf(settings: Settings): Issuer;
  verify(settings: Settings, token: string, now: Date): Promise<IdTokenClaims>;
  /** How the gateway authenticates when it exchanges the code. */
  authenticateClient(settings: Settings, now: Date): Promise<ClientAuth>;
  /** In addition to those that every provider gets. */
  authorizationParameters?(settings: Settings): Record<string, string>;
  subjectOf(settings: Settings, claims: IdTokenClaims): string;
}

const MAX_CODE = 4_096;

export function makeCodeFlow<Settings extends OpenidSettings>(
  flow: CodeFlow<Settings>,
): RedirectSteps<Settings> {
  return {
    allowedRedirectUris: ({ redirectUris = [] }) => redirectUris,

    async start(context) {
      const { settings, redirectUri, state, nonce, codeVerifier } = context;
      const { scopes = [] } = settings;
      const configuration = await configure(flow, context);
      try {
        return buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: scopes.join(" "),
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: "S256",
          ...flow.authorizationParameters?.(settings),
        }).href;
      } catch (cause) {
        throw unavailable(cause);
      }
    },

    async finish(context, answer) {
      const { settings, clock } = context;
      if (answer.code.length > MAX_CODE) throw invalidCredentials("The code is too long.");
      const configuration = await configure(flow, context);
      requireIssuer(configuration.serverMetadata(), answer);
      const { idToken, accessToken } = await exchange(configuration, context, answer);
      // `openid-client` checks the claims; the signature is verified like that of every ID token.
      const claims = await flow.verify(settings, idToken, clock.now());
      const more = isEnough(claims, settings)
        ? null
        : await fetchClaims(configuration, accessToken, claims.sub);
      return toVerifiedIdentity(
        { ...more, ...claims },
        { settings, subject: flow.subjectOf(settings, claims) },
      );
    },
  };
}

async function configure<Settings extends OpenidSettings>(
  { issuerOf, authenticateClient }: CodeFlow<Settings>,
  { settings, clock }: RedirectContext<Settings>,
): Promise<Configuration> {
  const now = clock.now();
  const metadata = await issuerOf(settings).metadata(now);
  const client = {
    [clockSkew]: Math.round((+now - Date.now()) / 1_000),
    [clockTolerance]: CLOCK_SKEW_SECONDS,
  };
  const [clientId = ""] = settings.clientIds;
  const configuration = new Configuration(
    metadata,
    clientId,
    client,
    await authenticateClient(settings, now),
  );
  configuration[customFetch] = fetchFor(metadata, settings.allowPrivateAddresses ?? true);
  configuration.timeout = TIMEOUT_SECONDS;
  if (metadata.issuer.startsWith("http:")) allowInsecureRequests(configuration);
  return configuration;
}

/** The `fetch` of `openid-client`: returns responses in JSON with status 200, and throws for all others. */
const fetchFor =
  (metadata: ServerMetadata, allowPrivateAddresses: boolean): CustomFetch =>
  async (address, { method, headers, body }) => {
    const name = method === "POST" ? "token endpoint" : "UserInfo endpoint";
    const answer = await ask(name, address, {
      allowPrivateAddresses,
      method: method === "POST" ? "POST" : "GET",
      headers,
      ...(body && { body: String(body) }),
    });
    const json = readJson(name, address, answer);
    if (method === "POST") requireAnnounced(metadata, address, json);
    return new Response(new Uint8Array(answer.bytes), { headers: { "content-type": "application/json" } });
  };

/** The library rejects algorithms that are not in the discovery document, but its error does not say so. */
function requireAnnounced(metadata: ServerMetadata, address: string, json: unknown): void {
  const { id_token } = (json ?? {}) as { id_token?: unknown };
  if (typeof id_token !== "string") return;
  const announced = metadata.id_token_signing_alg_values_supported ?? ["RS256"];
  const { alg } = algorithmOf(id_token, address);
  if (announced.some((each) => isSameAlgorithm(each, alg))) return;
  const given = /^[\w-]{1,20}$/.test(alg) ? alg : "an unknown algorithm";
  throw new ProviderAnswerError(
    `The token endpoint at ${address} gives an ID token that is signed with ${given}, and the discovery document announces ${announced.join(", ")}. Set the client at the provider to one of these, and to none that begins with HS.`,
    { isMisconfigured: true },
  );
}

function algorithmOf(idToken: string, address: string): { alg: string } {
  try {
    return readToken(idToken).header;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw new ProviderAnswerError(`The token endpoint at ${address} gives no ID token: ${error.message}`);
  }
}

/** RFC 9207 §2.4 (mix-up attacks): the response must be from the provider that the flow was started with. */
function requireIssuer(metadata: ServerMetadata, { issuer }: RedirectAnswer): void {
  const isAnnounced = metadata.authorization_response_iss_parameter_supported === true;
  if (issuer === null && isAnnounced) {
    throw invalidCredentials(
      "The redirect of this provider has an `iss` parameter. Send it as `iss`, unchanged.",
    );
  }
  if (issuer !== null && issuer !== metadata.issuer) {
    throw invalidCredentials("The redirect is not from the provider with which the login was started.");
  }
}

async function exchange(
  configuration: Configuration,
  { redirectUri, state, nonce, codeVerifier }: RedirectContext,
  { code, issuer }: RedirectAnswer,
): Promise<{ idToken: string; accessToken: string }> {
  const answer = new URL(redirectUri);
  answer.search = String(new URLSearchParams({ code, state, ...(issuer !== null && { iss: issuer }) }));
  try {
    const { id_token, access_token } = await authorizationCodeGrant(configuration, answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
    return { idToken: String(id_token), accessToken: access_token };
  } catch (cause) {
    throw explain(cause);
  }
}

/** Core §5.4: a provider may return requested claims from its UserInfo endpoint only. */
function isEnough(
  claims: IdTokenClaims,
  { scopes = [], profileClaims, emailDomains = [] }: OpenidSettings,
): boolean {
  const wanted = [
    ...Object.keys(profileClaims),
    ...(scopes.includes("email") ? ["email"] : []),
    ...(emailDomains.length > 0 ? ["email", "email_verified"] : []),
  ];
  return wanted.every((path) => readClaim(claims, path) !== undefined);
}

async function fetchClaims(
  configuration: Configuration,
  accessToken: string,
  subject: string,
): Promise<Record<string, unknown> | null> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return null;
  try {
    return await fetchUserInfo(configuration, accessToken, subject);
  } catch (cause) {
    throw explain(cause);
  }
}

const aboutClaims = ["OAUTH_JWT_CLAIM_COMPARISON_FAILED", "OAUTH_JWT_TIMESTAMP_CHECK_FAILED"];

function explain(error: unknown): PasserbyError {
  if (error instanceof PasserbyError) return error;
  const cause = answerErrorIn(error);
  if (cause?.error === "invalid_grant") {
    return invalidCredentials("The provider rejected the code. Start again with `startOAuth`.", cause);
  }
  if (cause) return unavailable(cause);
  if (error instanceof ClientError && aboutClaims.includes(String(error.code))) {
    return invalidCredentials("The provider's ID token is not for this login.", error);
  }
  return unavailable(new ProviderAnswerError(`The provider's answer cannot be used: ${detailOf(error)}.`));
}

/** The library wraps what its `fetch` throws. */
function answerErrorIn(error: unknown): ProviderAnswerError | null {
  if (error instanceof ProviderAnswerError) return error;
  return error instanceof Error && error.cause !== undefined ? answerErrorIn(error.cause) : null;
}

/** The library's innermost message, which names fields and quotes nothing that the provider sent. */
function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return "it is not valid";
  return error.cause instanceof Error ? detailOf(error.cause) : error.message;
}
