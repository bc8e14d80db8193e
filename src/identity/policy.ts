/** The settings and constants of the rules. */
export interface IdentityPolicy {
  /** `iss` of access tokens. */
  readonly issuer: string;
  /** `aud` of access tokens. */
  readonly audience: string;
  readonly accessTokenSeconds: number;
  /** How long a signing key is published before it signs; at least `KEY_CACHE_SECONDS`. */
  readonly keyPublishSeconds: number;
  readonly refreshTokenDays: number;
  readonly anonymousUserDays: number;
  /** How long before its expiry an anonymous user is announced to subscribers; 0 for never. */
  readonly expiryNoticeDays: number;
  /** Which logins need a proof of possession (DPoP). */
  readonly requireDpop: "off" | "anonymous" | "all";
  /** How old a login may be for sensitive operations, such as unlinking an identity. */
  readonly recentLoginSeconds: number;
}

/** How long a rotated refresh token is still accepted, because responses get lost and tabs race. */
export const REFRESH_GRACE_SECONDS = 10;
/** Consumers cache published keys for up to ten minutes, so a key is published at least that long before it signs. */
export const KEY_CACHE_SECONDS = 600;
/** How far the clocks of consumers and of the gateways of one database may differ. */
export const CLOCK_SKEW_SECONDS = 60;
