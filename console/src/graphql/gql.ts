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
    "\n  mutation Deploy($note: String, $draftRevision: String) {\n    deploy(note: $note, draftRevision: $draftRevision) { version }\n  }\n": typeof types.DeployDocument,
    "\n  mutation DiscardDraft($draftRevision: String) {\n    discardDraft(draftRevision: $draftRevision)\n  }\n": typeof types.DiscardDraftDocument,
    "\n  query Draft {\n    draft {\n      baseVersion\n      revision\n      updatedAt\n      updatedBy\n      changes { provider field before after }\n      ownChanges { provider field before after }\n      overtakenBy {\n        version\n        deployedAt\n        deployedBy\n        note\n        changes { provider field before after }\n      }\n    }\n  }\n": typeof types.DraftDocument,
    "\n  mutation RebaseDraft($draftRevision: String) {\n    rebaseDraft(draftRevision: $draftRevision) { revision }\n  }\n": typeof types.RebaseDraftDocument,
    "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n    providers { name displayName settingsSchema }\n  }\n": typeof types.ReviewDocument,
    "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n": typeof types.CompareDeploymentsDocument,
    "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n  }\n": typeof types.ReviewRedeployDocument,
    "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n": typeof types.RedeployDocument,
    "\n  query AuditPage($filter: AuditEventFilter, $after: String) {\n    auditEvents(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.AuditPageDocument,
    "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n": typeof types.DeploymentDocument,
    "\n  query Erasure($state: ReceiptState, $userId: ID, $endpointId: ID, $newestFirst: Boolean!, $after: String) {\n    owedReceipts {\n      outstanding\n      overdue\n    }\n    webhookEndpoints {\n      id\n      url\n      description\n      requiresReceipt\n    }\n    purgeReceipts(\n      state: $state\n      userId: $userId\n      endpointId: $endpointId\n      newestFirst: $newestFirst\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          eventId\n          eventType\n          endpointId\n          endpointDescription\n          userId\n          formerUserId\n          requestedAt\n          dueAt\n          receivedAt\n          receipt\n          state\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.ErasureDocument,
    "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider field before after } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.HistoryDocument,
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
    "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      failedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      activeSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n": typeof types.OverviewDocument,
    "\n  query Provider {\n    providers {\n      name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema\n      revision changedBy changedAt\n    }\n    providerTypes { type displayName settingsSchema }\n  }\n": typeof types.ProviderDocument,
    "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n": typeof types.ProvidersDocument,
    "\n  mutation UnlinkIdentity($userId: ID!, $identityId: ID!) {\n    unlinkIdentity(userId: $userId, identityId: $identityId) {\n      id\n    }\n  }\n": typeof types.UnlinkIdentityDocument,
    "\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n": typeof types.EndSessionDocument,
    "\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n": typeof types.EndAllSessionsDocument,
    "\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.DisableUserDocument,
    "\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": typeof types.EnableUserDocument,
    "\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n": typeof types.DeleteUserDocument,
    "\n  fragment ShownSession on Session {\n    id\n    provider\n    createdAt\n    lastSeenAt\n    expiresAt\n    userAgent\n    ipAddress\n    keyThumbprint\n  }\n": typeof types.ShownSessionFragmentDoc,
    "\n  query OlderSessions($id: ID!, $after: String!) {\n    user(id: $id) {\n      id\n      sessions(first: 50, after: $after) {\n        ...ShownSession\n      }\n    }\n  }\n": typeof types.OlderSessionsDocument,
    "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        name\n        isBackedUp\n        email\n        emailVerified\n        canSignIn\n        createdAt\n        lastUsedAt\n      }\n      sessions(first: 50) {\n        ...ShownSession\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n": typeof types.UserPageDocument,
    "\n  query UserEvents($id: ID!) {\n    auditEvents(first: 10, filter: { userId: $id }) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n    }\n  }\n": typeof types.UserEventsDocument,
    "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n            canSignIn\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n": typeof types.FindUserDocument,
    "\n  query WebhookEndpoint {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n": typeof types.WebhookEndpointDocument,
    "\n  query WebhookDeliveries($endpointId: ID, $state: DeliveryState, $userId: ID, $after: String) {\n    webhookDeliveries(\n      endpointId: $endpointId\n      state: $state\n      userId: $userId\n      newestFirst: true\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          event {\n            id\n            type\n            at\n            data\n          }\n          endpoint {\n            url\n          }\n          state\n          attempts\n          createdAt\n          nextAttemptAt\n          lastAttemptAt\n          lastStatus\n          lastError\n          lastAnswer\n          deliveredAt\n          requestBody\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.WebhookDeliveriesDocument,
    "\n  mutation Redeliver($deliveryId: ID!) {\n    redeliver(deliveryId: $deliveryId) {\n      id\n      state\n    }\n  }\n": typeof types.RedeliverDocument,
    "\n  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(id: $id, input: $input) {\n      id\n    }\n  }\n": typeof types.UpdateWebhookEndpointDocument,
    "\n  mutation DeleteWebhookEndpoint($id: ID!) {\n    deleteWebhookEndpoint(id: $id)\n  }\n": typeof types.DeleteWebhookEndpointDocument,
    "\n  mutation TestWebhookEndpoint($id: ID!) {\n    testWebhookEndpoint(id: $id) {\n      id\n      lastStatus\n      lastError\n      lastAnswer\n    }\n  }\n": typeof types.TestWebhookEndpointDocument,
    "\n  mutation RotateWebhookSecret($id: ID!) {\n    rotateWebhookSecret(id: $id) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": typeof types.RotateWebhookSecretDocument,
    "\n  query WebhookEndpoints {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n": typeof types.WebhookEndpointsDocument,
    "\n  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": typeof types.CreateWebhookEndpointDocument,
    "\n  fragment EndpointFields on WebhookEndpoint {\n    id\n    url\n    description\n    types\n    requiresReceipt\n    createdAt\n    disabledAt\n    failingSince\n    lastError\n    lastDeliveredAt\n    pendingDeliveries\n    parkedDeliveries\n  }\n": typeof types.EndpointFieldsFragmentDoc,
    "\n  fragment EventFields on AuditEvent {\n    id\n    at\n    action\n    outcome\n    code\n    actor {\n      kind\n      name\n      userId\n    }\n    userId\n    provider\n    target\n    ipAddress\n    userAgent\n    detail\n  }\n": typeof types.EventFieldsFragmentDoc,
    "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n": typeof types.ProviderNamesDocument,
    "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      providers { name revision }\n      changes { provider }\n    }\n  }\n": typeof types.SaveProviderDocument,
    "\n  mutation RemoveProvider($name: String!, $revision: String) {\n    removeProvider(name: $name, revision: $revision) { revision }\n  }\n": typeof types.RemoveProviderDocument,
};
const documents: Documents = {
    "\n  mutation Deploy($note: String, $draftRevision: String) {\n    deploy(note: $note, draftRevision: $draftRevision) { version }\n  }\n": types.DeployDocument,
    "\n  mutation DiscardDraft($draftRevision: String) {\n    discardDraft(draftRevision: $draftRevision)\n  }\n": types.DiscardDraftDocument,
    "\n  query Draft {\n    draft {\n      baseVersion\n      revision\n      updatedAt\n      updatedBy\n      changes { provider field before after }\n      ownChanges { provider field before after }\n      overtakenBy {\n        version\n        deployedAt\n        deployedBy\n        note\n        changes { provider field before after }\n      }\n    }\n  }\n": types.DraftDocument,
    "\n  mutation RebaseDraft($draftRevision: String) {\n    rebaseDraft(draftRevision: $draftRevision) { revision }\n  }\n": types.RebaseDraftDocument,
    "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n    providers { name displayName settingsSchema }\n  }\n": types.ReviewDocument,
    "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n": types.CompareDeploymentsDocument,
    "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n  }\n": types.ReviewRedeployDocument,
    "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n": types.RedeployDocument,
    "\n  query AuditPage($filter: AuditEventFilter, $after: String) {\n    auditEvents(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.AuditPageDocument,
    "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n": types.DeploymentDocument,
    "\n  query Erasure($state: ReceiptState, $userId: ID, $endpointId: ID, $newestFirst: Boolean!, $after: String) {\n    owedReceipts {\n      outstanding\n      overdue\n    }\n    webhookEndpoints {\n      id\n      url\n      description\n      requiresReceipt\n    }\n    purgeReceipts(\n      state: $state\n      userId: $userId\n      endpointId: $endpointId\n      newestFirst: $newestFirst\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          eventId\n          eventType\n          endpointId\n          endpointDescription\n          userId\n          formerUserId\n          requestedAt\n          dueAt\n          receivedAt\n          receipt\n          state\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.ErasureDocument,
    "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider field before after } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.HistoryDocument,
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
    "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      failedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      activeSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n": types.OverviewDocument,
    "\n  query Provider {\n    providers {\n      name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema\n      revision changedBy changedAt\n    }\n    providerTypes { type displayName settingsSchema }\n  }\n": types.ProviderDocument,
    "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n": types.ProvidersDocument,
    "\n  mutation UnlinkIdentity($userId: ID!, $identityId: ID!) {\n    unlinkIdentity(userId: $userId, identityId: $identityId) {\n      id\n    }\n  }\n": types.UnlinkIdentityDocument,
    "\n  mutation EndSession($sessionId: ID!) {\n    endSession(sessionId: $sessionId)\n  }\n": types.EndSessionDocument,
    "\n  mutation EndAllSessions($userId: ID!) {\n    revokeSessions(userId: $userId)\n  }\n": types.EndAllSessionsDocument,
    "\n  mutation DisableUser($id: ID!) {\n    disableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.DisableUserDocument,
    "\n  mutation EnableUser($id: ID!) {\n    enableUser(id: $id) {\n      id\n      disabled\n    }\n  }\n": types.EnableUserDocument,
    "\n  mutation DeleteUser($id: ID!) {\n    deleteUser(id: $id)\n  }\n": types.DeleteUserDocument,
    "\n  fragment ShownSession on Session {\n    id\n    provider\n    createdAt\n    lastSeenAt\n    expiresAt\n    userAgent\n    ipAddress\n    keyThumbprint\n  }\n": types.ShownSessionFragmentDoc,
    "\n  query OlderSessions($id: ID!, $after: String!) {\n    user(id: $id) {\n      id\n      sessions(first: 50, after: $after) {\n        ...ShownSession\n      }\n    }\n  }\n": types.OlderSessionsDocument,
    "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        name\n        isBackedUp\n        email\n        emailVerified\n        canSignIn\n        createdAt\n        lastUsedAt\n      }\n      sessions(first: 50) {\n        ...ShownSession\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n": types.UserPageDocument,
    "\n  query UserEvents($id: ID!) {\n    auditEvents(first: 10, filter: { userId: $id }) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n    }\n  }\n": types.UserEventsDocument,
    "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n            canSignIn\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.UsersDocument,
    "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n": types.FindUserDocument,
    "\n  query WebhookEndpoint {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n": types.WebhookEndpointDocument,
    "\n  query WebhookDeliveries($endpointId: ID, $state: DeliveryState, $userId: ID, $after: String) {\n    webhookDeliveries(\n      endpointId: $endpointId\n      state: $state\n      userId: $userId\n      newestFirst: true\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          event {\n            id\n            type\n            at\n            data\n          }\n          endpoint {\n            url\n          }\n          state\n          attempts\n          createdAt\n          nextAttemptAt\n          lastAttemptAt\n          lastStatus\n          lastError\n          lastAnswer\n          deliveredAt\n          requestBody\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.WebhookDeliveriesDocument,
    "\n  mutation Redeliver($deliveryId: ID!) {\n    redeliver(deliveryId: $deliveryId) {\n      id\n      state\n    }\n  }\n": types.RedeliverDocument,
    "\n  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(id: $id, input: $input) {\n      id\n    }\n  }\n": types.UpdateWebhookEndpointDocument,
    "\n  mutation DeleteWebhookEndpoint($id: ID!) {\n    deleteWebhookEndpoint(id: $id)\n  }\n": types.DeleteWebhookEndpointDocument,
    "\n  mutation TestWebhookEndpoint($id: ID!) {\n    testWebhookEndpoint(id: $id) {\n      id\n      lastStatus\n      lastError\n      lastAnswer\n    }\n  }\n": types.TestWebhookEndpointDocument,
    "\n  mutation RotateWebhookSecret($id: ID!) {\n    rotateWebhookSecret(id: $id) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": types.RotateWebhookSecretDocument,
    "\n  query WebhookEndpoints {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n": types.WebhookEndpointsDocument,
    "\n  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": types.CreateWebhookEndpointDocument,
    "\n  fragment EndpointFields on WebhookEndpoint {\n    id\n    url\n    description\n    types\n    requiresReceipt\n    createdAt\n    disabledAt\n    failingSince\n    lastError\n    lastDeliveredAt\n    pendingDeliveries\n    parkedDeliveries\n  }\n": types.EndpointFieldsFragmentDoc,
    "\n  fragment EventFields on AuditEvent {\n    id\n    at\n    action\n    outcome\n    code\n    actor {\n      kind\n      name\n      userId\n    }\n    userId\n    provider\n    target\n    ipAddress\n    userAgent\n    detail\n  }\n": types.EventFieldsFragmentDoc,
    "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n": types.ProviderNamesDocument,
    "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      providers { name revision }\n      changes { provider }\n    }\n  }\n": types.SaveProviderDocument,
    "\n  mutation RemoveProvider($name: String!, $revision: String) {\n    removeProvider(name: $name, revision: $revision) { revision }\n  }\n": types.RemoveProviderDocument,
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
export function graphql(source: "\n  mutation Deploy($note: String, $draftRevision: String) {\n    deploy(note: $note, draftRevision: $draftRevision) { version }\n  }\n"): (typeof documents)["\n  mutation Deploy($note: String, $draftRevision: String) {\n    deploy(note: $note, draftRevision: $draftRevision) { version }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DiscardDraft($draftRevision: String) {\n    discardDraft(draftRevision: $draftRevision)\n  }\n"): (typeof documents)["\n  mutation DiscardDraft($draftRevision: String) {\n    discardDraft(draftRevision: $draftRevision)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Draft {\n    draft {\n      baseVersion\n      revision\n      updatedAt\n      updatedBy\n      changes { provider field before after }\n      ownChanges { provider field before after }\n      overtakenBy {\n        version\n        deployedAt\n        deployedBy\n        note\n        changes { provider field before after }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Draft {\n    draft {\n      baseVersion\n      revision\n      updatedAt\n      updatedBy\n      changes { provider field before after }\n      ownChanges { provider field before after }\n      overtakenBy {\n        version\n        deployedAt\n        deployedBy\n        note\n        changes { provider field before after }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RebaseDraft($draftRevision: String) {\n    rebaseDraft(draftRevision: $draftRevision) { revision }\n  }\n"): (typeof documents)["\n  mutation RebaseDraft($draftRevision: String) {\n    rebaseDraft(draftRevision: $draftRevision) { revision }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n    providers { name displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n    providers { name displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n"): (typeof documents)["\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n  }\n"): (typeof documents)["\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingAccess activeSessions }\n      dangers { provider }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n"): (typeof documents)["\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AuditPage($filter: AuditEventFilter, $after: String) {\n    auditEvents(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query AuditPage($filter: AuditEventFilter, $after: String) {\n    auditEvents(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Erasure($state: ReceiptState, $userId: ID, $endpointId: ID, $newestFirst: Boolean!, $after: String) {\n    owedReceipts {\n      outstanding\n      overdue\n    }\n    webhookEndpoints {\n      id\n      url\n      description\n      requiresReceipt\n    }\n    purgeReceipts(\n      state: $state\n      userId: $userId\n      endpointId: $endpointId\n      newestFirst: $newestFirst\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          eventId\n          eventType\n          endpointId\n          endpointDescription\n          userId\n          formerUserId\n          requestedAt\n          dueAt\n          receivedAt\n          receipt\n          state\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Erasure($state: ReceiptState, $userId: ID, $endpointId: ID, $newestFirst: Boolean!, $after: String) {\n    owedReceipts {\n      outstanding\n      overdue\n    }\n    webhookEndpoints {\n      id\n      url\n      description\n      requiresReceipt\n    }\n    purgeReceipts(\n      state: $state\n      userId: $userId\n      endpointId: $endpointId\n      newestFirst: $newestFirst\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          eventId\n          eventType\n          endpointId\n          endpointDescription\n          userId\n          formerUserId\n          requestedAt\n          dueAt\n          receivedAt\n          receipt\n          state\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider field before after } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): (typeof documents)["\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider field before after } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"];
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
export function graphql(source: "\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      failedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      activeSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Overview($days: Int!) {\n    statistics(days: $days) {\n      logins {\n        day\n        total\n        byProvider {\n          provider\n          count\n        }\n      }\n      failedLogins {\n        day\n        total\n        byCode {\n          code\n          count\n        }\n      }\n      conversion {\n        weekOf\n        arrived\n        linked\n        merged\n      }\n      anonymousUsers {\n        total\n        expireAfterDays\n        expiringWithinWeek\n        byAge {\n          ageDays\n          users\n        }\n      }\n      activeSessions {\n        total\n        countedAt\n        byProvider {\n          provider\n          count\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Provider {\n    providers {\n      name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema\n      revision changedBy changedAt\n    }\n    providerTypes { type displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Provider {\n    providers {\n      name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema\n      revision changedBy changedAt\n    }\n    providerTypes { type displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n"): (typeof documents)["\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnlinkIdentity($userId: ID!, $identityId: ID!) {\n    unlinkIdentity(userId: $userId, identityId: $identityId) {\n      id\n    }\n  }\n"): (typeof documents)["\n  mutation UnlinkIdentity($userId: ID!, $identityId: ID!) {\n    unlinkIdentity(userId: $userId, identityId: $identityId) {\n      id\n    }\n  }\n"];
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
export function graphql(source: "\n  fragment ShownSession on Session {\n    id\n    provider\n    createdAt\n    lastSeenAt\n    expiresAt\n    userAgent\n    ipAddress\n    keyThumbprint\n  }\n"): (typeof documents)["\n  fragment ShownSession on Session {\n    id\n    provider\n    createdAt\n    lastSeenAt\n    expiresAt\n    userAgent\n    ipAddress\n    keyThumbprint\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OlderSessions($id: ID!, $after: String!) {\n    user(id: $id) {\n      id\n      sessions(first: 50, after: $after) {\n        ...ShownSession\n      }\n    }\n  }\n"): (typeof documents)["\n  query OlderSessions($id: ID!, $after: String!) {\n    user(id: $id) {\n      id\n      sessions(first: 50, after: $after) {\n        ...ShownSession\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        name\n        isBackedUp\n        email\n        emailVerified\n        canSignIn\n        createdAt\n        lastUsedAt\n      }\n      sessions(first: 50) {\n        ...ShownSession\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n"): (typeof documents)["\n  query UserPage($id: ID!) {\n    user(id: $id) {\n      id\n      isAnonymous\n      disabled\n      createdAt\n      lastLoginAt\n      expiresAt\n      formerIds\n      profile\n      identities {\n        id\n        provider\n        subject\n        name\n        isBackedUp\n        email\n        emailVerified\n        canSignIn\n        createdAt\n        lastUsedAt\n      }\n      sessions(first: 50) {\n        ...ShownSession\n      }\n      apiKeys {\n        id\n        name\n        prefix\n        disabled\n        createdAt\n        lastUsedAt\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserEvents($id: ID!) {\n    auditEvents(first: 10, filter: { userId: $id }) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query UserEvents($id: ID!) {\n    auditEvents(first: 10, filter: { userId: $id }) {\n      edges {\n        node {\n          ...EventFields\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n            canSignIn\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Users($filter: UserFilter, $after: String) {\n    users(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          id\n          isAnonymous\n          disabled\n          createdAt\n          lastLoginAt\n          expiresAt\n          identities {\n            id\n            provider\n            email\n            canSignIn\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n"): (typeof documents)["\n  query FindUser($id: ID!) {\n    user(id: $id) {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WebhookEndpoint {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n"): (typeof documents)["\n  query WebhookEndpoint {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WebhookDeliveries($endpointId: ID, $state: DeliveryState, $userId: ID, $after: String) {\n    webhookDeliveries(\n      endpointId: $endpointId\n      state: $state\n      userId: $userId\n      newestFirst: true\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          event {\n            id\n            type\n            at\n            data\n          }\n          endpoint {\n            url\n          }\n          state\n          attempts\n          createdAt\n          nextAttemptAt\n          lastAttemptAt\n          lastStatus\n          lastError\n          lastAnswer\n          deliveredAt\n          requestBody\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query WebhookDeliveries($endpointId: ID, $state: DeliveryState, $userId: ID, $after: String) {\n    webhookDeliveries(\n      endpointId: $endpointId\n      state: $state\n      userId: $userId\n      newestFirst: true\n      first: 50\n      after: $after\n    ) {\n      edges {\n        node {\n          id\n          event {\n            id\n            type\n            at\n            data\n          }\n          endpoint {\n            url\n          }\n          state\n          attempts\n          createdAt\n          nextAttemptAt\n          lastAttemptAt\n          lastStatus\n          lastError\n          lastAnswer\n          deliveredAt\n          requestBody\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Redeliver($deliveryId: ID!) {\n    redeliver(deliveryId: $deliveryId) {\n      id\n      state\n    }\n  }\n"): (typeof documents)["\n  mutation Redeliver($deliveryId: ID!) {\n    redeliver(deliveryId: $deliveryId) {\n      id\n      state\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(id: $id, input: $input) {\n      id\n    }\n  }\n"): (typeof documents)["\n  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(id: $id, input: $input) {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteWebhookEndpoint($id: ID!) {\n    deleteWebhookEndpoint(id: $id)\n  }\n"): (typeof documents)["\n  mutation DeleteWebhookEndpoint($id: ID!) {\n    deleteWebhookEndpoint(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestWebhookEndpoint($id: ID!) {\n    testWebhookEndpoint(id: $id) {\n      id\n      lastStatus\n      lastError\n      lastAnswer\n    }\n  }\n"): (typeof documents)["\n  mutation TestWebhookEndpoint($id: ID!) {\n    testWebhookEndpoint(id: $id) {\n      id\n      lastStatus\n      lastError\n      lastAnswer\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateWebhookSecret($id: ID!) {\n    rotateWebhookSecret(id: $id) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RotateWebhookSecret($id: ID!) {\n    rotateWebhookSecret(id: $id) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WebhookEndpoints {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n"): (typeof documents)["\n  query WebhookEndpoints {\n    webhookEndpoints {\n      ...EndpointFields\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EndpointFields on WebhookEndpoint {\n    id\n    url\n    description\n    types\n    requiresReceipt\n    createdAt\n    disabledAt\n    failingSince\n    lastError\n    lastDeliveredAt\n    pendingDeliveries\n    parkedDeliveries\n  }\n"): (typeof documents)["\n  fragment EndpointFields on WebhookEndpoint {\n    id\n    url\n    description\n    types\n    requiresReceipt\n    createdAt\n    disabledAt\n    failingSince\n    lastError\n    lastDeliveredAt\n    pendingDeliveries\n    parkedDeliveries\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EventFields on AuditEvent {\n    id\n    at\n    action\n    outcome\n    code\n    actor {\n      kind\n      name\n      userId\n    }\n    userId\n    provider\n    target\n    ipAddress\n    userAgent\n    detail\n  }\n"): (typeof documents)["\n  fragment EventFields on AuditEvent {\n    id\n    at\n    action\n    outcome\n    code\n    actor {\n      kind\n      name\n      userId\n    }\n    userId\n    provider\n    target\n    ipAddress\n    userAgent\n    detail\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n"): (typeof documents)["\n  query ProviderNames {\n    providers {\n      name\n      displayName\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      providers { name revision }\n      changes { provider }\n    }\n  }\n"): (typeof documents)["\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      providers { name revision }\n      changes { provider }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveProvider($name: String!, $revision: String) {\n    removeProvider(name: $name, revision: $revision) { revision }\n  }\n"): (typeof documents)["\n  mutation RemoveProvider($name: String!, $revision: String) {\n    removeProvider(name: $name, revision: $revision) { revision }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;