/** Refusals as GraphQL servers show them, without a copy of `graphql`: they are made with the server's own class. */
export type GraphQLErrorClass = new (
  message: string,
  options: { extensions: Record<string, unknown> },
) => Error;

export type GraphErrorCode = "UNAUTHENTICATED" | "FORBIDDEN" | "SERVICE_UNAVAILABLE";

/** For servers that need no class of their own: Apollo Server takes the code from any error's `extensions`. */
class PlainGraphError extends Error {
  override readonly name = "GraphQLError";
  readonly extensions: Record<string, unknown>;

  constructor(message: string, { extensions }: { extensions: Record<string, unknown> }) {
    super(message);
    this.extensions = extensions;
  }
}

/**
 * @param options.status of the whole answer, for a refusal that comes before any field; Apollo Server and Yoga read it
 *   from `extensions.http`, Fastify from `statusCode`
 */
export function createGraphError(
  code: GraphErrorCode,
  message: string,
  options: { status?: number; errorClass?: GraphQLErrorClass | undefined },
): Error {
  const { status, errorClass: ErrorClass = PlainGraphError } = options;
  const extensions = { code, ...(status && { http: { status } }) };
  const error = new ErrorClass(message, { extensions });
  if (status) Object.defineProperty(error, "statusCode", { value: status });
  return error;
}
