/** What is about the app itself, and what this gateway does not have. */
import { readOptionalText, readText } from "./body.ts";
import { RealmRefusal } from "./refusals.ts";
import type { Bearer, RealmAnswer, RealmRequest } from "./request.ts";

/** Where every later request of the client goes; native SDKs want all four fields. */
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

/** Functions and data were the service's; here every one is unknown. */
export async function callFunction({ body }: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const service = readOptionalText(body, "service");
  throw service === null
    ? notFound("FunctionNotFound", `function not found: '${readText(body, "name")}'`)
    : notFound("ServiceNotFound", `service not found: '${service}'`);
}

export async function watchData(): Promise<RealmAnswer> {
  throw notFound("ServiceNotFound", "service not found: this gateway has no data");
}

const notFound = (errorCode: string, error: string): RealmRefusal =>
  new RealmRefusal({ status: 404, errorCode, error });
