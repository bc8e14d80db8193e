/** The figures that the rules go by. */
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
  /** How old a login may be for steps that could lock somebody out. */
  readonly recentLoginSeconds: number;
}

/** How long a rotated refresh token is accepted once more: answers get lost, and tabs race. */
export const REFRESH_GRACE_SECONDS = 10;
/** Consumers cache published keys for up to ten minutes, so a key is published that long and longer before it signs. */
export const KEY_CACHE_SECONDS = 600;
/** How far clocks of consumers, and of gateways on one database, may be off. */
export const CLOCK_SKEW_SECONDS = 60;
