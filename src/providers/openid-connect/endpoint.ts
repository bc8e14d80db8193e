/** Calls a provider's endpoints, and describes errors in their answers so that an operator can fix them. */
import { OperatorNotice } from "../../errors.ts";
import { jsonOf, NoAnswerError, send, type WholeAnswer } from "../../network/outgoing-request.ts";

/** Answers of providers are small. */
const MAX_ANSWER_BYTES = 524_288;
export const TIMEOUT_SECONDS = 5;

export type EndpointName = "discovery document" | "key set" | "token endpoint" | "UserInfo endpoint";

/** What an answer was instead of a right one. The message is for the log and an operator, and never for a client. */
export class ProviderAnswerError extends OperatorNotice {
  override readonly name = "ProviderAnswerError";
  /** The `error` of RFC 6749 §5.2; null where there was none. */
  readonly error: string | null;
  /** Whether the settings here or the registration there have to change before it can work. */
  readonly isMisconfigured: boolean;

  constructor(
    message: string,
    options: { error?: string | null; isMisconfigured?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.error = options.error ?? null;
    this.isMisconfigured = options.isMisconfigured ?? false;
  }
}

interface Ask {
  readonly allowPrivateAddresses: boolean;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @returns an answer of status 200. @throws ProviderAnswerError */
export async function ask(name: EndpointName, address: string, options: Ask): Promise<WholeAnswer> {
  const place = `The ${name} at ${address}`;
  const { allowPrivateAddresses, method = "GET", headers = {}, body } = options;
  let answer: WholeAnswer;
  try {
    answer = await send({
      url: new URL(address),
      method,
      headers: { accept: "application/json", ...headers },
      ...(body !== undefined && { body }),
      seconds: TIMEOUT_SECONDS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      allowPrivateAddresses,
    });
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new ProviderAnswerError(`${place} gave no answer: ${explain(error)}`, { cause: error });
  }
  const isRight = answer.status === 200;
  // Some providers answer errors with the status 200.
  const error = isRight && name !== "token endpoint" ? null : errorOf(answer);
  if (isRight && error === null) return answer;
  const said = error === null ? "" : `, ${error}`;
  throw new ProviderAnswerError(
    `${place} answers with status ${answer.status}${said}. ${hintFor(answer.status, error)}`,
    { error, isMisconfigured: answer.status < 500 && answer.status !== 408 && answer.status !== 429 },
  );
}

/** The same for an answer in JSON. @throws ProviderAnswerError */
export async function askFor(name: EndpointName, address: string, options: Ask): Promise<unknown> {
  const answer = await ask(name, address, options);
  return readJson(name, address, answer);
}

/** @throws ProviderAnswerError */
export function readJson(name: EndpointName, address: string, answer: WholeAnswer): unknown {
  try {
    return jsonOf(answer);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    const type = typeOf(answer);
    throw new ProviderAnswerError(`The ${name} at ${address} answers with ${type}: ${error.message}.`);
  }
}

/** A media type as it may be logged. */
function typeOf({ headers }: WholeAnswer): string {
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  return /^[\w.+-]+\/[\w.+-]{1,100}$/.test(type.trim()) ? type.trim() : "no content type";
}

/** With the characters of RFC 6749 §5.2. The rest of the answer may contain anything and is not read. */
function errorOf(answer: WholeAnswer): string | null {
  try {
    const { error } = (jsonOf(answer) ?? {}) as { error?: unknown };
    return typeof error === "string" && /^[\w.-]{1,60}$/.test(error) ? error : null;
  } catch {
    return null;
  }
}

const hints: Readonly<Record<string, string>> = {
  invalid_client:
    "The client id or the client secret is wrong, or the provider wants the secret in another way. Check `clientIds` (the first), `clientSecret` and `clientAuthentication`.",
  unauthorized_client:
    "The client may not use the authorization code flow. Allow it at the provider, for the first of `clientIds`.",
  unsupported_grant_type: "The provider does not offer the authorization code flow to this client.",
  invalid_grant:
    "The code was used before, has expired, or was given for another redirect address or client than this.",
  invalid_request:
    "The provider does not understand the request. Check `clientAuthentication` and `redirectUris`.",
  invalid_scope: "The provider does not know one of `scopes`.",
  redirect_uri_mismatch:
    "Register the address of `redirectUris` at the provider, exactly as it stands there.",
  invalid_token: "The provider does not accept the access token that it has just given.",
};

function hintFor(status: number, error: string | null): string {
  const hint = hints[error ?? ""];
  if (hint) return hint;
  if (status === 401) return String(hints.invalid_client);
  if (status >= 300 && status < 400)
    return "Redirects are not followed: the settings need the address that it leads to.";
  if (status === 404 || status === 405 || status === 410) return "Is `issuer` right?";
  if (status === 429) return "The provider limits how often it is asked.";
  if (status >= 500) return "The provider has an internal error.";
  return "The provider rejected the request.";
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted; NODE_EXTRA_CA_CERTS names one of your own",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted; NODE_EXTRA_CA_CERTS names one of your own",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted, or it sends no intermediate certificates",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is not trusted; NODE_EXTRA_CA_CERTS names one of your own",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  ENOTFOUND: "there is no such name",
  EAI_AGAIN: "the name cannot be looked up right now",
  ECONNREFUSED: "nothing listens there",
  HPE_HEADER_OVERFLOW: "its headers are too long",
};

const explain = ({ message }: NoAnswerError): string =>
  reasons[message] ? `${reasons[message]} (${message}).` : `${message}.`;
