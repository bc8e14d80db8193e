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
    "\n  mutation RebaseDraft {\n    rebaseDraft { revision }\n  }\n": typeof types.RebaseDraftDocument,
    "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n    providers { name displayName settingsSchema }\n  }\n": typeof types.ReviewDocument,
    "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n": typeof types.CompareDeploymentsDocument,
    "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n  }\n": typeof types.ReviewRedeployDocument,
    "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n": typeof types.RedeployDocument,
    "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n": typeof types.DeploymentDocument,
    "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.HistoryDocument,
    "\n  query Provider {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema }\n    providerTypes { type displayName settingsSchema }\n  }\n": typeof types.ProviderDocument,
    "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n": typeof types.ProvidersDocument,
    "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      revision\n      changes { provider }\n    }\n  }\n": typeof types.SaveProviderDocument,
    "\n  mutation RemoveProvider($name: String!) {\n    removeProvider(name: $name) { revision }\n  }\n": typeof types.RemoveProviderDocument,
};
const documents: Documents = {
    "\n  mutation Deploy($note: String, $draftRevision: String) {\n    deploy(note: $note, draftRevision: $draftRevision) { version }\n  }\n": types.DeployDocument,
    "\n  mutation DiscardDraft($draftRevision: String) {\n    discardDraft(draftRevision: $draftRevision)\n  }\n": types.DiscardDraftDocument,
    "\n  query Draft {\n    draft {\n      baseVersion\n      revision\n      updatedAt\n      updatedBy\n      changes { provider field before after }\n      ownChanges { provider field before after }\n      overtakenBy {\n        version\n        deployedAt\n        deployedBy\n        note\n        changes { provider field before after }\n      }\n    }\n  }\n": types.DraftDocument,
    "\n  mutation RebaseDraft {\n    rebaseDraft { revision }\n  }\n": types.RebaseDraftDocument,
    "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n    providers { name displayName settingsSchema }\n  }\n": types.ReviewDocument,
    "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n": types.CompareDeploymentsDocument,
    "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n  }\n": types.ReviewRedeployDocument,
    "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n": types.RedeployDocument,
    "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n": types.DeploymentDocument,
    "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.HistoryDocument,
    "\n  query Provider {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema }\n    providerTypes { type displayName settingsSchema }\n  }\n": types.ProviderDocument,
    "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n": types.ProvidersDocument,
    "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      revision\n      changes { provider }\n    }\n  }\n": types.SaveProviderDocument,
    "\n  mutation RemoveProvider($name: String!) {\n    removeProvider(name: $name) { revision }\n  }\n": types.RemoveProviderDocument,
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
export function graphql(source: "\n  mutation RebaseDraft {\n    rebaseDraft { revision }\n  }\n"): (typeof documents)["\n  mutation RebaseDraft {\n    rebaseDraft { revision }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n    providers { name displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Review {\n    review {\n      draftRevision\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n    providers { name displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n"): (typeof documents)["\n  query CompareDeployments($from: Int!, $to: Int!) {\n    compareDeployments(from: $from, to: $to) { provider field before after }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n  }\n"): (typeof documents)["\n  query ReviewRedeploy($version: Int!) {\n    reviewRedeploy(version: $version) {\n      baseVersion\n      changes { provider field before after }\n      impact { provider identities usersLosingTheirOnlyWayIn activeSessions }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n"): (typeof documents)["\n  mutation Redeploy($version: Int!, $baseVersion: Int) {\n    redeploy(version: $version, baseVersion: $baseVersion) { version }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Deployment($version: Int!) {\n    deployment(version: $version) {\n      version\n      deployedAt\n      deployedBy\n      note\n      changes { provider field before after }\n    }\n    deployments(first: 1) { edges { node { version } } }\n    providers { name displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): (typeof documents)["\n  query History($first: Int, $after: String) {\n    deployments(first: $first, after: $after) {\n      edges {\n        node { version deployedAt deployedBy note changes { provider } }\n      }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Provider {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema }\n    providerTypes { type displayName settingsSchema }\n  }\n"): (typeof documents)["\n  query Provider {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema }\n    providerTypes { type displayName settingsSchema }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n"): (typeof documents)["\n  query Providers {\n    providers { name type displayName enabled draftEffect draftEnabled settings draftSettings }\n    providerTypes { type displayName }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      revision\n      changes { provider }\n    }\n  }\n"): (typeof documents)["\n  mutation SaveProvider($input: SaveProviderInput!) {\n    saveProvider(input: $input) {\n      revision\n      changes { provider }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveProvider($name: String!) {\n    removeProvider(name: $name) { revision }\n  }\n"): (typeof documents)["\n  mutation RemoveProvider($name: String!) {\n    removeProvider(name: $name) { revision }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;