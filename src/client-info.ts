/** Where a request came from; shown to the user in the list of sessions. */
export interface ClientInfo {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}
