import type { UserPageQuery } from "../../graphql/graphql.ts";
import { graphql } from "../../graphql/index.ts";

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
        email
        emailVerified
        isWayIn
        createdAt
        lastUsedAt
      }
      sessions {
        id
        provider
        createdAt
        lastSeenAt
        expiresAt
        userAgent
        ipAddress
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

export type ShownUser = NonNullable<UserPageQuery["user"]>;
