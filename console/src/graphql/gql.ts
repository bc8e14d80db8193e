/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query AdminKeys {\n    adminKeys {\n      id\n      name\n      prefix\n      createdAt\n      lastUsedAt\n      revokedAt\n    }\n  }\n": typeof types.AdminKeysDocument,
    "\n  mutation CreateAdminKey($name: String!) {\n    createAdminKey(name: $name) {\n      secret\n    }\n  }\n": typeof types.CreateAdminKeyDocument,
    "\n  mutation RevokeAdminKey($id: ID!) {\n    revokeAdminKey(id: $id)\n  }\n": typeof types.RevokeAdminKeyDocument,
    "\n  query ServerKeys {\n    serverApiKeys {\n      id\n      name\n      prefix\n      disabled\n      createdAt\n      lastUsedAt\n      user {\n        id\n      }\n    }\n    providers {\n      name\n      enabled\n    }\n  }\n": typeof types.ServerKeysDocument,
    "\n  mutation CreateServerKey($name: String!) {\n    createServerApiKey(name: $name) {\n      secret\n    }\n  }\n": typeof types.CreateServerKeyDocument,
    "\n  mutation DisableServerKey($id: ID!) {\n    disableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.DisableServerKeyDocument,
    "\n  mutation EnableServerKey($id: ID!) {\n    enableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.EnableServerKeyDocument,
    "\n  mutation DeleteServerKey($id: ID!) {\n    deleteServerApiKey(id: $id)\n  }\n": typeof types.DeleteServerKeyDocument,
    "\n  query SigningKeys {\n    signingKeys {\n      kid\n      algorithm\n      state\n      createdAt\n      signsFrom\n      publishedUntil\n    }\n  }\n": typeof types.SigningKeysDocument,
    "\n  mutation RotateSigningKey {\n    rotateSigningKey {\n      kid\n    }\n  }\n": typeof types.RotateSigningKeyDocument,
    "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      refusedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      liveSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n": typeof types.OverviewDocument,
    "\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n": typeof types.EndSessionDocument,
    "\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n": typeof types.EndAllSessionsDocument,
    "\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.DisableUserDocument,
    "\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.EnableUserDocument,
    "\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n": typeof types.DeleteUserDocument,
    "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        email\n        emailVerified\n        isWayIn\n        createdAt\n        lastUsedAt\n      }\n      sessions {\n        id\n        provider\n        createdAt\n        lastSeenAt\n        expiresAt\n        userAgent\n        ipAddress\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n": typeof types.UserPageDocument,
    "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n": typeof types.ProviderNamesDocument,
    "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n": typeof types.FindUserDocument,
};
const documents: Documents = {
    "\n  query AdminKeys {\n    adminKeys {\n      id\n      name\n      prefix\n      createdAt\n      lastUsedAt\n      revokedAt\n    }\n  }\n": types.AdminKeysDocument,
    "\n  mutation CreateAdminKey($name: String!) {\n    createAdminKey(name: $name) {\n      secret\n    }\n  }\n": types.CreateAdminKeyDocument,
    "\n  mutation RevokeAdminKey($id: ID!) {\n    revokeAdminKey(id: $id)\n  }\n": types.RevokeAdminKeyDocument,
    "\n  query ServerKeys {\n    serverApiKeys {\n      id\n      name\n      prefix\n      disabled\n      createdAt\n      lastUsedAt\n      user {\n        id\n      }\n    }\n    providers {\n      name\n      enabled\n    }\n  }\n": types.ServerKeysDocument,
    "\n  mutation CreateServerKey($name: String!) {\n    createServerApiKey(name: $name) {\n      secret\n    }\n  }\n": types.CreateServerKeyDocument,
    "\n  mutation DisableServerKey($id: ID!) {\n    disableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.DisableServerKeyDocument,
    "\n  mutation EnableServerKey($id: ID!) {\n    enableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.EnableServerKeyDocument,
    "\n  mutation DeleteServerKey($id: ID!) {\n    deleteServerApiKey(id: $id)\n  }\n": types.DeleteServerKeyDocument,
    "\n  query SigningKeys {\n    signingKeys {\n      kid\n      algorithm\n      state\n      createdAt\n      signsFrom\n      publishedUntil\n    }\n  }\n": types.SigningKeysDocument,
    "\n  mutation RotateSigningKey {\n    rotateSigningKey {\n      kid\n    }\n  }\n": types.RotateSigningKeyDocument,
    "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      refusedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      liveSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n": types.OverviewDocument,
    "\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n": types.EndSessionDocument,
    "\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n": types.EndAllSessionsDocument,
    "\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.DisableUserDocument,
    "\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.EnableUserDocument,
    "\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n": types.DeleteUserDocument,
    "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        email\n        emailVerified\n        isWayIn\n        createdAt\n        lastUsedAt\n      }\n      sessions {\n        id\n        provider\n        createdAt\n        lastSeenAt\n        expiresAt\n        userAgent\n        ipAddress\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n": types.UserPageDocument,
    "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.UsersDocument,
    "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n": types.ProviderNamesDocument,
    "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n": types.FindUserDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AdminKeys {\n    adminKeys {\n      id\n      name\n      prefix\n      createdAt\n      lastUsedAt\n      revokedAt\n    }\n  }\n"): (typeof documents)["\n  query AdminKeys {\n    adminKeys {\n      id\n      name\n      prefix\n      createdAt\n      lastUsedAt\n      revokedAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateAdminKey($name: String!) {\n    createAdminKey(name: $name) {\n      secret\n    }\n  }\n"): (typeof documents)["\n  mutation CreateAdminKey($name: String!) {\n    createAdminKey(name: $name) {\n      secret\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeAdminKey($id: ID!) {\n    revokeAdminKey(id: $id)\n  }\n"): (typeof documents)["\n  mutation RevokeAdminKey($id: ID!) {\n    revokeAdminKey(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ServerKeys {\n    serverApiKeys {\n      id\n      name\n      prefix\n      disabled\n      createdAt\n      lastUsedAt\n      user {\n        id\n      }\n    }\n    providers {\n      name\n      enabled\n    }\n  }\n"): (typeof documents)["\n  query ServerKeys {\n    serverApiKeys {\n      id\n      name\n      prefix\n      disabled\n      createdAt\n      lastUsedAt\n      user {\n        id\n      }\n    }\n    providers {\n      name\n      enabled\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateServerKey($name: String!) {\n    createServerApiKey(name: $name) {\n      secret\n    }\n  }\n"): (typeof documents)["\n  mutation CreateServerKey($name: String!) {\n    createServerApiKey(name: $name) {\n      secret\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisableServerKey($id: ID!) {\n    disableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n"): (typeof documents)["\n  mutation DisableServerKey($id: ID!) {\n    disableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EnableServerKey($id: ID!) {\n    enableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n"): (typeof documents)["\n  mutation EnableServerKey($id: ID!) {\n    enableServerApiKey(id: $id) {\n      id\n      disabled\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteServerKey($id: ID!) {\n    deleteServerApiKey(id: $id)\n  }\n"): (typeof documents)["\n  mutation DeleteServerKey($id: ID!) {\n    deleteServerApiKey(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SigningKeys {\n    signingKeys {\n      kid\n      algorithm\n      state\n      createdAt\n      signsFrom\n      publishedUntil\n    }\n  }\n"): (typeof documents)["\n  query SigningKeys {\n    signingKeys {\n      kid\n      algorithm\n      state\n      createdAt\n      signsFrom\n      publishedUntil\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateSigningKey {\n    rotateSigningKey {\n      kid\n    }\n  }\n"): (typeof documents)["\n  mutation RotateSigningKey {\n    rotateSigningKey {\n      kid\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      refusedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      liveSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      refusedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      liveSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n"): (typeof documents)["\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n"): (typeof documents)["\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n"): (typeof documents)["\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n"): (typeof documents)["\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n"): (typeof documents)["\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        email\n        emailVerified\n        isWayIn\n        createdAt\n        lastUsedAt\n      }\n      sessions {\n        id\n        provider\n        createdAt\n        lastSeenAt\n        expiresAt\n        userAgent\n        ipAddress\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n"): (typeof documents)["\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        email\n        emailVerified\n        isWayIn\n        createdAt\n        lastUsedAt\n      }\n      sessions {\n        id\n        provider\n        createdAt\n        lastSeenAt\n        expiresAt\n        userAgent\n        ipAddress\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n"): (typeof documents)["\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n"): (typeof documents)["\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;