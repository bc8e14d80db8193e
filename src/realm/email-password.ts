/** E-mail and password, beside logging in with them. */
import { confirmEmail, resendEmailConfirmation } from "../identity/email-confirmation.ts";
import { requestPasswordReset, resetPassword } from "../identity/password-reset.ts";
import type { DeployedProvider } from "../identity/provider.ts";
import { register as registerCredentials } from "../identity/registration.ts";
import { readText } from "./body.ts";
import { badRequest } from "./refusals.ts";
import { done, type RealmAnswer, type RealmRequest } from "./request.ts";

const requireEmailPassword = ({ services }: RealmRequest): DeployedProvider =>
  services.deployments.requireEnabled("local-userpass");

export async function register(request: RealmRequest): Promise<RealmAnswer> {
  const { services, origin, body } = request;
  const deployed = requireEmailPassword(request);
  const credentials = { email: readText(body, "email"), password: readText(body, "password") };
  await registerCredentials(services, { deployed, credentials, origin });
  return { status: 201 };
}

/** The token is enough; a `tokenId` beside it is not looked at. */
export async function confirm(request: RealmRequest): Promise<RealmAnswer> {
  const { services, origin, body } = request;
  requireEmailPassword(request);
  await confirmEmail(services, { token: readText(body, "token"), origin });
  return done;
}

export async function sendConfirmation(request: RealmRequest): Promise<RealmAnswer> {
  const { services, origin, body } = request;
  const deployed = requireEmailPassword(request);
  await resendEmailConfirmation(services, { deployed, email: readText(body, "email"), origin });
  return done;
}

export async function reset(request: RealmRequest): Promise<RealmAnswer> {
  const { services, origin, body } = request;
  const deployed = requireEmailPassword(request);
  const [token, password] = [readText(body, "token"), readText(body, "password")];
  await resetPassword(services, { deployed, token, password, origin });
  return done;
}

export async function sendReset(request: RealmRequest): Promise<RealmAnswer> {
  const { services, origin, body } = request;
  const deployed = requireEmailPassword(request);
  await requestPasswordReset(services, { deployed, email: readText(body, "email"), origin });
  return done;
}

/** Functions of an app ran on the service that is gone. The answer is the same for every e-mail. */
export async function callConfirmation(request: RealmRequest): Promise<RealmAnswer> {
  const { provider, settings } = requireEmailPassword(request);
  const email = JSON.stringify(readText(request.body, "email"));
  throw badRequest(
    provider.passwords?.needsConfirmation(settings)
      ? `cannot run confirmation for ${email}: this gateway confirms by mail`
      : `cannot run confirmation for ${email}: automatic confirmation is enabled`,
  );
}

export async function callReset(request: RealmRequest): Promise<RealmAnswer> {
  requireEmailPassword(request);
  readText(request.body, "email");
  throw badRequest("cannot run a reset function: this gateway resets passwords by mail");
}
