import type { ShownSessionFragment, UserPageQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";

/** The page size in the documents below. After a full page there may be another one. */
export const SESSIONS_PAGE = 50;

graphql(`
  fragment ShownSession on Session {
    id
    provider
    createdAt
    lastSeenAt
    expiresAt
    userAgent
    ipAddress
    keyThumbprint
  }
`);

export const OlderSessionsDocument = graphql(`
  query OlderSessions($id: ID!, $after: String!) {
    user(id: $id) {
      id
      sessions(first: 50, after: $after) {
        ...ShownSession
      }
    }
  }
`);

export const UserDocument = graphql(`
  query UserPage($id: ID!) {
    user(id: $id) {
      id
      isAnonymous
      disabled
      createdAt
      lastLoginAt
      expiresAt
      formerIds
      profile
      identities {
        id
        provider
        subject
        name
        isBackedUp
        email
        emailVerified
        canSignIn
        createdAt
        lastUsedAt
      }
      sessions(first: 50) {
        ...ShownSession
      }
      apiKeys {
        id
        name
        prefix
        disabled
        createdAt
        lastUsedAt
      }
    }
  }
`);

export type ShownSession = ShownSessionFragment;
export type ShownUser = NonNullable<UserPageQuery["user"]>;
