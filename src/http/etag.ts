/** Whether a client has that version already (RFC 9110 §13.1.2): its header is a list of tags, weak ones included, or `*`. */
export const holdsTag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? "").split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
