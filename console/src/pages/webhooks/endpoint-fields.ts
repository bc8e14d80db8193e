import { type DocumentType, graphql } from "../../graphql/index.ts";

/** The fields of an endpoint, as a fragment for queries. */
const EndpointFields = graphql(`
  fragment EndpointFields on WebhookEndpoint {
    id
    url
    description
    types
    requiresReceipt
    createdAt
    disabledAt
    failingSince
    lastError
    lastDeliveredAt
    pendingDeliveries
    parkedDeliveries
  }
`);

export type ShownEndpoint = DocumentType<typeof EndpointFields>;

/** What an endpoint is called: its description, or without one, its URL without the scheme. */
export const nameOf = ({ description, url }: Pick<ShownEndpoint, "description" | "url">): string =>
  description ?? url.replace(/^https?:\/\//, "");
