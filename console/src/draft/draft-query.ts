import type { DraftQuery } from "../graphql/graphql.ts";
import { graphql } from "../graphql/index.ts";
import { type LiveQuery, useLiveQuery } from "../live-query.ts";

/** The types that change with a draft. Cached results that contain none of them (an empty draft) are refetched too. */
export const draftTypes = ["Draft", "Provider", "DeploymentReview"];
export const deploymentTypes = [...draftTypes, "Deployment"];

/** How often the draft of other operators is polled. */
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

/** The draft, polled for changes by other operators; `draft` is null when there is none. */
export const useDraft = (): LiveQuery<DraftQuery> =>
  useLiveQuery({ query, variables: {}, types: draftTypes, everySeconds: FOLLOW_SECONDS });

/** Whether the draft needs an operator's decision: it has changes, or another version was deployed since. */
export const isOpen = (draft: Draft | null | undefined): draft is Draft =>
  !!draft && (draft.changes.length > 0 || draft.overtakenBy.length > 0);
