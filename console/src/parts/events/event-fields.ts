import { type DocumentType, graphql } from "../../graphql/index.ts";

/** The fields of an event in lists, as a fragment for their queries. */
const EventFields = graphql(`
  fragment EventFields on AuditEvent {
    id
    at
    action
    outcome
    code
    actor {
      kind
      name
      userId
    }
    userId
    provider
    target
    ipAddress
    userAgent
    detail
  }
`);

export type ListedEvent = DocumentType<typeof EventFields>;
