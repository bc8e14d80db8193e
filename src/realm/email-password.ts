/** Registration, confirmation and passwords of the provider local-userpass. */
import { PasserbyError } from "../errors.ts";
import {
  confirmEmail,
  isEmailToken,
  resendEmailConfirmation,
} from "../identity/passwords/email-confirmation.ts";
import { requestPasswordReset, resetPassword } from "../identity/passwords/password-reset.ts";
import { register as registerCredentials } from "../identity/passwords/registration.ts";
import { readText } from "./body.ts";
import { badRequest } from "./errors.ts";
import { done, type RealmAnswer, type RealmRequest } from "./request.ts";

const provider = "local-userpass";

export async function register(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context, body } = request;
  const credentials = { email: readText(body, "email"), password: readText(body, "password") };
  await registerCredentials(services, context, { provider, credentials }).catch(explainEmail);
  return { status: 201 };
}

/** Passwords have a code of their own. */
function explainEmail(error: unknown): never {
  if (!(error instanceof PasserbyError && error.code === "BAD_USER_INPUT")) throw error;
  throw badRequest("email invalid", "BadRequest", error.message);
}

/** Malformed tokens are distinguished from used or expired ones, as in the original. */
function readToken(body: RealmRequest["body"]): string {
  const token = readText(body, "token");
  if (!isEmailToken(token)) throw badRequest("invalid token data");
  return token;
}

/** `tokenId` is ignored; the token is sufficient. */
export async function confirm(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context, body } = request;
  await confirmEmail(services, context, { provider, token: readToken(body) });
  return done;
}

export async function sendConfirmation(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context, body } = request;
  await resendEmailConfirmation(services, context, { provider, email: readText(body, "email") });
  return done;
}

export async function reset(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context, body } = request;
  const [token, password] = [readToken(body), readText(body, "password")];
  await resetPassword(services, context, { provider, token, password });
  return done;
}

export async function sendReset(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context, body } = request;
  await requestPasswordReset(services, context, { provider, email: readText(body, "email") });
  return done;
}

/** Functions of App Services do not exist here. The response is the same for every email. */
export async function callConfirmation(request: RealmRequest): Promise<RealmAnswer> {
  const deployed = request.services.providers.requireEnabled(provider);
  const email = readText(request.body, "email").slice(0, 254);
  throw badRequest(
    deployed.provider.passwords?.needsConfirmation(deployed.settings)
      ? `cannot run confirmation for ${email}: this gateway confirms by email`
      : `cannot run confirmation for ${email}: automatic confirmation is enabled`,
  );
}

export async function callReset(request: RealmRequest): Promise<RealmAnswer> {
  readText(request.body, "email");
  throw badRequest("cannot run a reset function: this gateway resets passwords by email");
}
