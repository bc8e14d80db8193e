/** Operations around codes by email, over HTTP, with a real mail server. */
import type { ParsedMail } from "mailparser";
import { type Answer, deployProvider, type Gateway, type PublicGraph } from "./gateway.ts";
import { type MailServer, tokenOf } from "./mail-server.ts";

export const LINK_URL = "https://app.example.com/login?lang=en";

export const deployCodes = (gateway: Gateway, settings: object = { linkUrl: LINK_URL }): Promise<void> =>
  deployProvider(gateway, "email-otp", true, settings);

export const requestCode = (gateway: PublicGraph, email: string, headers: object = {}): Promise<Answer> =>
  gateway.graph("mutation ($e: String!) { requestEmailCode(email: $e) { email } }", {
    variables: { e: email },
    headers,
  });

/** `{ email, code }` or `{ token }`. */
export type EmailOtp = { email?: string; code?: string; token?: string };

const PAYLOAD = `user { id isAnonymous formerIds expiresAt identities { id provider email emailVerified canSignIn } }
  session { id } accessToken refreshToken`;

export const loginByCode = (
  gateway: PublicGraph,
  emailOtp: EmailOtp,
  headers: object = {},
): Promise<Answer> =>
  gateway.graph(`mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`, {
    variables: { c: { emailOtp } },
    headers,
  });

export const linkByCode = (
  gateway: PublicGraph,
  token: string,
  emailOtp: EmailOtp,
  headers: object = {},
): Promise<Answer> =>
  gateway.graph(
    `mutation ($c: Credentials!) { linkIdentity(credentials: $c) { __typename
       ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { provider mergeTicket } } }`,
    { token, variables: { c: { emailOtp } }, headers },
  );

export interface MailedCode {
  readonly email: string;
  readonly code: string;
  /** "" where the email has no link. */
  readonly token: string;
  readonly mail: ParsedMail;
}

export function readCode(email: string, mail: ParsedMail): MailedCode {
  const code = /^\d{6}$/m.exec(mail.text ?? "")?.[0];
  if (!code) throw new Error(`There is not a code in ${mail.text}`);
  return { email, code, token: /https?:/.test(mail.text ?? "") ? tokenOf(mail) : "", mail };
}

/** Asks for a code, and reads the email that arrives. */
export async function mailCode(
  gateway: PublicGraph,
  mailServer: MailServer,
  email: string,
  headers: object = {},
): Promise<MailedCode> {
  const before = mailServer.to(email).length;
  const { errors } = await requestCode(gateway, email, headers);
  if (errors) throw new Error(JSON.stringify(errors));
  return readCode(email, await mailServer.wait(email, before + 1));
}

/** Another code than the right one. */
export const wrongCode = ({ code }: { code: string }, step = 1): string =>
  String((Number(code) + step) % 1_000_000).padStart(6, "0");
