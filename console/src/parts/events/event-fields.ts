import { type DocumentType, graphql } from "../../graphql/index.ts";

/** What a list of events shows of each: documents take it up by its name. */
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
