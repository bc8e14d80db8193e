/** Whether `If-None-Match` contains the tag (RFC 9110 §13.1.2): a list of tags, possibly weak, or `*`. */
export const holdsTag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? "").split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
