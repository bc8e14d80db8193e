/** Routes about the app, and routes of services that the gateway does not have. */
import { readBody, readOptionalText, readText } from "./body.ts";
import { notFound } from "./errors.ts";
import type { Bearer, RealmAnswer, RealmRequest } from "./request.ts";

/** The base URLs of later requests; native SDKs require all four fields. */
export async function getLocation({ address }: RealmRequest): Promise<RealmAnswer> {
  return {
    status: 200,
    body: {
      deployment_model: "GLOBAL",
      location: "US-VA",
      hostname: address,
      ws_hostname: address.replace(/^http/, "ws"),
    },
  };
}

/** Functions of App Services do not exist here. */
export async function callFunction({ body }: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const service = readOptionalText(body, "service");
  throw service === null
    ? notFound("FunctionNotFound", `function not found: '${clip(readText(body, "name"))}'`)
    : notFound("ServiceNotFound", `service not found: '${clip(service)}'`);
}

/** A change stream on a user's data. SDKs send the call in the query, as JSON in base64. */
export async function watchData({ query }: RealmRequest<Bearer>): Promise<RealmAnswer> {
  throw notFound(
    "ServiceNotFound",
    `service not found: '${readService(query.baas_request) ?? "mongodb-atlas"}'`,
  );
}

function readService(request: string | undefined): string | null {
  try {
    const { service } = readBody(Buffer.from(request ?? "", "base64").toString());
    return typeof service === "string" ? clip(service) : null;
  } catch {
    return null;
  }
}

/** There is no push service here. */
export async function registerForPush({ params }: RealmRequest): Promise<RealmAnswer> {
  throw notFound("ServiceNotFound", `service not found: '${clip(params.service ?? "")}'`);
}

/** Bounds a name that an error quotes. */
const clip = (name: string): string => name.slice(0, 100);
