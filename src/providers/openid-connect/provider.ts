/** The implementation of all OpenID Connect providers, which differ by their preset. */
import type { ZodType } from "zod";
import type { Provider } from "../../identity/provider.ts";
import { type CodeFlow, makeCodeFlow } from "./code-flow.ts";
import { type IdTokenClaims, requireNonce, verifyIdToken } from "./id-token.ts";
import { type Issuer, openIssuer } from "./issuer.ts";
import type { OpenidSettings } from "./settings.ts";
import { toVerifiedIdentity } from "./verified-identity.ts";

export interface OpenidPreset<Settings extends OpenidSettings> {
  readonly type: string;
  readonly displayName: string;
  /** Whether operators add any number of this type; see `Provider`. */
  readonly isNamedByOperator?: boolean;
  readonly settings: ZodType<Settings>;
  issuerOf(settings: Settings): string;
  /** Other values of `iss` in its tokens. */
  readonly otherIssuers?: readonly string[];
  /** The JWKS URL of an issuer without a discovery document. */
  readonly keysUrl?: string;
  /** The id that is unique among the provider's users; by default the `sub` claim. */
  subjectOf?(settings: Settings, subject: string): string;
  /** Absent if only ID tokens are supported. */
  readonly redirect?: Pick<CodeFlow<Settings>, "authenticateClient" | "authorizationParameters">;
}

interface IdTokenCredentials {
  readonly token: string;
  readonly nonce?: string | null;
}

export function makeOpenidProvider<Settings extends OpenidSettings>(
  preset: OpenidPreset<Settings>,
): Provider<IdTokenCredentials, Settings> {
  /** Discovery document and keys are cached as long as the deployment is live. */
  const issuers = new WeakMap<Settings, Issuer>();
  const issuerOf = (settings: Settings): Issuer => {
    let issuer = issuers.get(settings);
    if (!issuer) {
      const { keysUrl } = preset;
      issuer = openIssuer({
        issuer: preset.issuerOf(settings),
        ...(keysUrl && { keysUrl }),
        allowPrivateAddresses: settings.allowPrivateAddresses ?? true,
      });
      issuers.set(settings, issuer);
    }
    return issuer;
  };
  const verify = (settings: Settings, token: string, now: Date): Promise<IdTokenClaims> =>
    verifyIdToken(token, {
      issuer: issuerOf(settings),
      issuers: [preset.issuerOf(settings), ...(preset.otherIssuers ?? [])],
      clientIds: settings.clientIds,
      now,
    });
  const subjectOf = (settings: Settings, { sub }: IdTokenClaims): string =>
    preset.subjectOf?.(settings, sub) ?? sub;

  return {
    name: preset.type,
    type: preset.type,
    displayName: preset.displayName,
    isNamedByOperator: preset.isNamedByOperator ?? false,
    canSignIn: true,
    onePerUser: false,
    canBeLinked: true,
    credentials: "idToken",
    settings: preset.settings,
    // The account of a token is unknown until it is verified, so failures are counted by address only.
    accountOf: () => "",

    async verify({ settings, clock }, { token, nonce }) {
      const claims = await verify(settings, token, clock.now());
      requireNonce(claims, nonce ?? null);
      return toVerifiedIdentity(claims, { settings, subject: subjectOf(settings, claims) });
    },

    ...(preset.redirect && {
      redirect: makeCodeFlow({ ...preset.redirect, issuerOf, verify, subjectOf }),
    }),
  };
}
