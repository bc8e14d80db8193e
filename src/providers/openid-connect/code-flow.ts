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
  ResponseBodyError,
  type ServerMetadata,
} from "openid-client";
import { PasserbyError } from "../../errors.ts";
import type { RedirectAnswer, RedirectContext, RedirectSteps } from "../../identity/provider.ts";
import { boundedFetch, TIMEOUT_SECONDS } from "./bounded-fetch.ts";
import { CLOCK_SKEW_SECONDS, type IdTokenClaims, refused } from "./id-token.ts";
import { type Issuer, unavailable } from "./issuer.ts";
import { readClaim } from "./profile-claims.ts";
import { proofOf } from "./proof.ts";
import type { OpenidSettings } from "./settings.ts";

/** What differs between providers, and the two parts of them that the flow needs. */
export interface CodeFlow<Settings extends OpenidSettings> {
  issuerOf(settings: Settings): Issuer;
  verify(settings: Settings, token: string, now: Date): Promise<IdTokenClaims>;
  /** How the gateway says who it is when it exchanges the code. */
  authenticateClient(settings: Settings, now: Date): Promise<ClientAuth>;
  /** Beyond those that every provider gets. */
  authorizationParameters?(settings: Settings): Record<string, string>;
  subjectOf(settings: Settings, claims: IdTokenClaims): string;
}

const MOST_CODE = 4_096;

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
      if (answer.code.length > MOST_CODE) throw refused("The code is too long.");
      const configuration = await configure(flow, context);
      requireIssuer(configuration.serverMetadata(), answer);
      const { idToken, accessToken } = await exchange(configuration, context, answer);
      // The library compares the claims; the signature is verified as that of any other ID token.
      const claims = await flow.verify(settings, idToken, clock.now());
      const more = isEnough(claims, settings)
        ? null
        : await fetchClaims(configuration, accessToken, claims.sub);
      return proofOf({ ...more, ...claims }, { settings, subject: flow.subjectOf(settings, claims) });
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
  configuration[customFetch] = boundedFetch as CustomFetch;
  configuration.timeout = TIMEOUT_SECONDS;
  if (metadata.issuer.startsWith("http:")) allowInsecureRequests(configuration);
  return configuration;
}

/** RFC 9207 §2.4: an answer of one provider is not taken to another. */
function requireIssuer(metadata: ServerMetadata, { issuer }: RedirectAnswer): void {
  const isAnnounced = metadata.authorization_response_iss_parameter_supported === true;
  if (issuer === null && isAnnounced) {
    throw refused("The provider says in `iss` who answers. Send that too, as it came back.");
  }
  if (issuer !== null && issuer !== metadata.issuer) {
    throw refused("The answer is from another provider than the one that this began with.");
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

/** Core §5.4: a provider may keep what it was asked about a person for its UserInfo endpoint. */
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
  if (error instanceof ResponseBodyError) {
    // The whole body is the provider's, and is not for the log.
    const said = `${error.error}: ${error.error_description ?? "no description"}`.slice(0, 500);
    const cause = new Error(`The provider answers ${said}`);
    // RFC 6749 §5.2: every other error is about this gateway's settings.
    if (error.error === "invalid_grant") {
      return refused("The provider does not accept the code. Begin again with `startOAuth`.", cause);
    }
    return new PasserbyError("SERVICE_UNAVAILABLE", {
      message:
        "The identity provider refuses this gateway. An operator has to check the provider's settings.",
      cause,
    });
  }
  if (error instanceof ClientError && aboutClaims.includes(String(error.code))) {
    return refused("The provider's ID token is not for this login.", error);
  }
  return unavailable(error);
}
