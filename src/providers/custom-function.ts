import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { OperatorNotice, PasserbyError } from "../errors.ts";
import type { Provider, VerifiedIdentity } from "../identity/provider.ts";
import { jsonOf, NoAnswerError, send, type WholeAnswer } from "../network/outgoing-request.ts";
import { canonicalEmail } from "../text/email-address.ts";
import { parseUrl } from "../text/parse-url.ts";
import { isNestedDeeper, MAX_JSON_DEPTH } from "../text/read-json.ts";
import { profileProblem } from "../text/storable-profile.ts";
import { isIndexable } from "../text/storable-text.ts";
import { isSafeAddress } from "./openid-connect/addresses.ts";

const SECRET_PREFIX = "whsec_";
const [MIN_SECRET_BYTES, MAX_SECRET_BYTES] = [24, 64];

function isSigningSecret(secret: string): boolean {
  const bytes = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  const isBase64 = secret === SECRET_PREFIX + bytes.toString("base64");
  return isBase64 && bytes.length >= MIN_SECRET_BYTES && bytes.length <= MAX_SECRET_BYTES;
}

const settings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_048)
      .meta({
        title: "Address",
        description: "The https URL of the endpoint that verifies the credentials.",
      }),
    secret: z
      .string()
      .refine(isSigningSecret, {
        message: `The secret must be ${SECRET_PREFIX} followed by ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes in base64.`,
      })
      .meta({
        title: "Signing secret",
        description:
          "Signs each request, as in the Standard Webhooks specification: `whsec_` followed by 24 to 64 bytes in base64.",
        secret: true,
      }),
    allowPrivateAddresses: z.boolean().default(false).meta({
      title: "Allow private addresses",
      description: "Whether the endpoint may have a private address: on this machine or in its network.",
    }),
  })
  .superRefine(({ url, allowPrivateAddresses }, context) => {
    const address = parseUrl(url);
    if (!address) return;
    const { protocol, username, password } = address;
    const isAllowed = protocol === "https:" || (allowPrivateAddresses && isSafeAddress(url));
    const reject = (message: string): void => context.addIssue({ code: "custom", path: ["url"], message });
    if (!isAllowed) {
      reject("The URL must be https; http is accepted only on this machine, with allowPrivateAddresses.");
    }
    if (username || password)
      reject("The URL must not have a user or password: requests are authenticated by their signature.");
  });

type Settings = z.infer<typeof settings>;

const CALL_SECONDS = 5;
const MAX_PAYLOAD_BYTES = 16_384;
const MAX_ANSWER_BYTES = 65_536;

/** Text that both databases can store. */
const text = (most: number) => z.string().min(1).max(most).refine(isIndexable);

const answer = z.object({
  subject: text(1_000),
  // Invalid addresses are ignored, as in tokens: see canonicalEmail.
  email: z.string().nullish(),
  emailVerified: z.boolean().nullish(),
  profile: z.record(z.string(), z.unknown()).nullish(),
});

/** The operator's own endpoint authenticates the user: App Services' custom function, as a signed HTTP request. */
export const customFunction: Provider<{ payload: Record<string, unknown> }, Settings> = {
  name: "custom-function",
  type: "custom-function",
  displayName: "Custom function",
  canSignIn: true,
  onePerUser: false,
  canBeLinked: true,
  credentials: "function",
  settings: settings as unknown as z.ZodType<Settings>,
  // Only the endpoint knows whose account a payload is about, so failures count by address.
  accountOf: () => "",

  async verify({ settings, clock }, { payload }) {
    if (isNestedDeeper(payload)) {
      throw new PasserbyError("BAD_USER_INPUT", {
        message: `The payload must not be nested deeper than ${MAX_JSON_DEPTH} levels.`,
      });
    }
    const body = JSON.stringify({ payload });
    if (Buffer.byteLength(body) - AROUND_PAYLOAD_BYTES > MAX_PAYLOAD_BYTES) {
      throw new PasserbyError("BAD_USER_INPUT", {
        message: `The payload must not have more than ${MAX_PAYLOAD_BYTES} bytes as JSON.`,
      });
    }
    const answered = await call(settings, body, clock.now());
    const { status } = answered;
    if (status >= 400 && status < 500)
      throw new PasserbyError("INVALID_CREDENTIALS", { cause: noticeOf(status) });
    if (status !== 200) throw unavailable(`it answered with status ${status}${hintFor(status)}`);
    return readProof(answered);
  },
};

const AROUND_PAYLOAD_BYTES = Buffer.byteLength(JSON.stringify({ payload: "" })) - 2;

const hintFor = (status: number): string => {
  if (status >= 300 && status < 400)
    return "; redirects are not followed: set `url` to the address that it leads to";
  return status < 300 ? "; valid credentials must have the status 200" : "";
};

/** Statuses that are rarely about credentials. The client gets INVALID_CREDENTIALS, so the log has a hint for the operator. */
const suspicious: Readonly<Record<number, string>> = {
  404: "check `url`",
  405: "it must accept POST",
  406: "it must respond in JSON",
  408: "return 503 if the client should retry",
  410: "check `url`",
  411: "it must accept a body with Content-Length",
  413: `it must accept bodies of ${MAX_PAYLOAD_BYTES + AROUND_PAYLOAD_BYTES} bytes`,
  415: "it must accept application/json",
  429: "it, or a proxy in front of it, limits requests; return 503 if the client should retry",
  431: "it must accept the headers of a signed request",
};

const noticeOf = (status: number): OperatorNotice | undefined =>
  suspicious[status] === undefined
    ? undefined
    : new OperatorNotice(
        `the custom function: it answered with status ${status}, which counts as invalid credentials: ${suspicious[status]}`,
      );

/** Signed, with a unique id, so that the endpoint can reject replays. */
async function call({ url, secret, allowPrivateAddresses }: Settings, body: string, now: Date) {
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  try {
    return await send({
      method: "POST",
      url: new URL(url),
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(+now / 1_000)),
        "webhook-signature": new Webhook(secret).sign(id, now, body),
      },
      seconds: CALL_SECONDS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      allowPrivateAddresses,
    });
  } catch (error) {
    if (error instanceof NoAnswerError) throw unavailable(error.message);
    throw error;
  }
}

function readProof(answered: WholeAnswer): VerifiedIdentity {
  let json: unknown;
  try {
    json = jsonOf(answered);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw unavailable(error.message);
  }
  const result = answer.safeParse(json);
  if (!result.success) {
    const fields = result.error.issues.map(({ path }) => String(path[0] ?? "the whole"));
    throw unavailable(`these fields of its answer are invalid: ${fields.join(", ")}`);
  }
  const { subject, email, emailVerified, profile } = result.data;
  const problem = profile && profileProblem(profile);
  if (problem) throw unavailable(`its answer cannot be stored: ${problem}`);
  return {
    subject,
    email: email == null ? null : canonicalEmail(email),
    emailVerified: emailVerified ?? null,
    profile: profile ?? null,
  };
}

/** The reason is logged; the endpoint's text is not sent to the client. */
const unavailable = (reason: string): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", { cause: new Error(`the custom function: ${reason}`) });
