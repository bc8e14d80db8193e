/** The refresh token of a browser that its scripts cannot read. Given to requests that ask for it. */
export interface SessionCookie {
  /** The refresh token that the browser has, or gets with the answer; null for none. @throws PasserbyError BAD_USER_INPUT for more than one */
  read(): string | null;
  /**
   * A document that starts two sessions would leave one without a token in any browser.
   * @throws PasserbyError BAD_USER_INPUT when the answer sets the cookie already
   */
  requireUnset(): void;
  /** The answer will set the cookie. */
  set(refreshToken: string, maxAgeSeconds: number): void;
  /** The answer will delete the cookie. */
  clear(): void;
  /** `Set-Cookie` of the answer. */
  readonly headers: readonly string[];
}
