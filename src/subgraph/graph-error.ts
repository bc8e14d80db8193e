/** GraphQL errors, without a dependency on `graphql`: the server's own class can be passed in. */
export type GraphQLErrorClass = new (
  message: string,
  options: { extensions: Record<string, unknown> },
) => Error;

export type GraphErrorCode = "UNAUTHENTICATED" | "FORBIDDEN" | "SERVICE_UNAVAILABLE";

/** For servers that need no class: Apollo Server reads the code from `extensions` of any error. */
class PlainGraphError extends Error {
  override readonly name = "GraphQLError";
  readonly extensions: Record<string, unknown>;

  constructor(message: string, { extensions }: { extensions: Record<string, unknown> }) {
    super(message);
    this.extensions = extensions;
  }
}

/**
 * @param options.status HTTP status, for errors before execution; Apollo Server and Yoga read it from `extensions.http`,
 *   Fastify from `statusCode`
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
