/** Calls a provider's endpoints, and describes errors in their answers so that an operator can fix them. */
import { OperatorNotice } from "../../errors.ts";
import { jsonOf, NoAnswerError, send, type WholeAnswer } from "../../network/outgoing-request.ts";

/** Responses of providers are small. */
const MAX_ANSWER_BYTES = 524_288;
export const TIMEOUT_SECONDS = 5;

export type EndpointName = "discovery document" | "key set" | "token endpoint" | "UserInfo endpoint";

/** An unusable response. The message is for the log, never for a client. */
export class ProviderAnswerError extends OperatorNotice {
  override readonly name = "ProviderAnswerError";
  /** The `error` of RFC 6749 §5.2; null if there was none. */
  readonly error: string | null;
  /** Whether an operator has to change the settings, or the client's registration at the provider. */
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
  // Some providers send errors with the status 200.
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

/** With the characters of RFC 6749 §5.2. Other parts of the response may contain anything and are not logged. */
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
    "The client id or the client secret is wrong, or the provider expects the secret in another way. Check `clientIds` (the first), `clientSecret` and `clientAuthentication`.",
  unauthorized_client:
    "The client may not use the authorization code flow. Allow it at the provider for the first client id in `clientIds`.",
  unsupported_grant_type: "The provider does not offer the authorization code flow to this client.",
  invalid_grant: "The code was used before, has expired, or was issued for another redirect URI or client.",
  invalid_request:
    "The provider does not understand the request. Check `clientAuthentication` and `redirectUris`.",
  invalid_scope: "The provider does not know one of `scopes`.",
  redirect_uri_mismatch: "Register the redirect URI at the provider, exactly as in `redirectUris`.",
  invalid_token: "The provider does not accept the access token that it has just given.",
};

function hintFor(status: number, error: string | null): string {
  const hint = hints[error ?? ""];
  if (hint) return hint;
  if (status === 401) return String(hints.invalid_client);
  if (status >= 300 && status < 400) return "Redirects are not followed: set the address that it leads to.";
  if (status === 404 || status === 405 || status === 410) return "Check `issuer`.";
  if (status === 429) return "The provider limits requests.";
  if (status >= 500) return "The provider has an internal error.";
  return "The provider rejected the request.";
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is not trusted; for a certificate authority of your own set NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate is not trusted; for a certificate authority of your own set NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted, or it sends no intermediate certificates",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is not trusted; for a certificate authority of your own set NODE_EXTRA_CA_CERTS",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  ENOTFOUND: "the host name does not exist",
  EAI_AGAIN: "the host name cannot be resolved at the moment",
  ECONNREFUSED: "nothing listens there",
  HPE_HEADER_OVERFLOW: "its headers are too long",
};

const explain = ({ message }: NoAnswerError): string =>
  reasons[message] ? `${reasons[message]} (${message}).` : `${message}.`;
