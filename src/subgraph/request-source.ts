/** Reads what a verifier needs of a request, of any framework. */
import type { TokenRequest } from "./proofs.ts";

export interface Request {
  readonly headers:
    | { get(name: string): string | null }
    | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly method?: string | undefined;
  /** Absolute in Fetch API requests, otherwise a path. */
  readonly url?: string | undefined;
  /** Of Express and Fastify, where `url` may lack the path of a mounted router. */
  readonly originalUrl?: string | undefined;
}

/** What servers pass to their context functions: the request, or an object that has it. */
export type RequestSource = Request | { readonly req: Request } | { readonly request: Request };

/** @throws TypeError when `source` has no request: otherwise every caller would be unauthenticated by mistake */
export function requestOf(source: RequestSource): Request {
  const holder = source as { req?: Request; request?: Request } & Partial<Request>;
  const request = [holder, holder?.req, holder?.request].find((each) => each?.headers) as Request | undefined;
  if (!request) throw new TypeError("passerbyContext() needs a request with headers as its argument.");
  return request;
}

/** @returns null without the header */
export function readHeader({ headers }: Request, name: string): string | null {
  if (typeof headers.get === "function") return headers.get(name) ?? null;
  const values = headers as Record<string, string | readonly string[] | undefined>;
  // Node has names in lower case; other servers keep the case of the client.
  const key = Object.keys(values).find((each) => each.toLowerCase() === name);
  const value = key === undefined ? undefined : values[key];
  return value === undefined ? null : String(value);
}

export function tokenRequestOf(request: Request, scheme: TokenRequest["scheme"]): TokenRequest {
  const path = request.originalUrl ?? request.url ?? "/";
  return {
    scheme,
    proof: readHeader(request, "dpop"),
    method: request.method ?? "POST",
    url: /^https?:/i.test(path) ? path : `http://${readHeader(request, "host") ?? ""}${path}`,
  };
}
