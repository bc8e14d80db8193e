import type { DraftQuery } from "../graphql/graphql.ts";
import { graphql } from "../graphql/index.ts";
import { type LiveQuery, useLiveQuery } from "../live-query.ts";

/** What changes with a draft: answers that hold none of it are asked for again too. */
export const draftTypes = ["Draft", "Provider", "DeploymentReview"];
export const deploymentTypes = [...draftTypes, "Deployment"];

/** Other operators see a draft within this time. */
const FOLLOW_SECONDS = 5;

const query = graphql(`
  query Draft {
    draft {
      baseVersion
      revision
      updatedAt
      updatedBy
      changes { provider field before after }
      ownChanges { provider field before after }
      overtakenBy {
        version
        deployedAt
        deployedBy
        note
        changes { provider field before after }
      }
    }
  }
`);

export type Draft = NonNullable<DraftQuery["draft"]>;

/** The one draft, also when another operator changes it; its `draft` is null when there is none. */
export const useDraft = (): LiveQuery<DraftQuery> =>
  useLiveQuery({ query, variables: {}, types: draftTypes, everySeconds: FOLLOW_SECONDS });

/** Whether there is anything about it that an operator has to decide. */
export const isOpen = (draft: Draft | null | undefined): draft is Draft =>
  !!draft && (draft.changes.length > 0 || draft.overtakenBy.length > 0);
