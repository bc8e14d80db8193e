/** Pagination (GraphQL Cursor Connections Specification). */
import { Directive, Field, ObjectType } from "type-graphql";
import { PasserbyError } from "../errors.ts";
import { encodeCursor } from "../text/cursor.ts";

/** Other subgraphs also define PageInfo, so federation requires `@shareable`. */
@Directive("@shareable")
@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage: boolean;

  @Field(() => Boolean, { description: "Always false: only forward pagination is supported." })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  startCursor: string | null;

  @Field(() => String, { nullable: true })
  endCursor: string | null;
}

export interface Page<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
}

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** @throws PasserbyError BAD_USER_INPUT */
export function pageSize(first: number | null | undefined, otherwise: number = DEFAULT_PAGE): number {
  const size = first ?? otherwise;
  if (size < 0 || size > MAX_PAGE) {
    throw new PasserbyError("BAD_USER_INPUT", { message: `\`first\` must be from 0 to ${MAX_PAGE}.` });
  }
  return size;
}

/**
 * @param rows those of the page, and one more if there is a next page
 * @param emptyAt the position of `endCursor` on an empty page, for lists that are read on as they grow; null unless given
 */
export function toPage<Node>(
  rows: readonly Node[],
  size: number,
  cursorOf: (node: Node) => unknown,
  emptyAt?: unknown,
): Page<Node> {
  const edges = rows.slice(0, size).map((node) => ({ cursor: encodeCursor(cursorOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? (emptyAt === undefined ? null : encodeCursor(emptyAt)),
    },
  };
}
