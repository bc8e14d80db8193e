/** Sends an email to a mail server or, for development, into the log. */
import { createTransport, type SMTPTransportOptions } from "nodemailer";
import type { Logger } from "pino";

export interface Message {
  /** The same at every attempt, so that the recipient's mail server can detect a duplicate. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Sender {
  /** "" for an address without a name. */
  readonly name: string;
  readonly address: string;
}

export interface Transport {
  /** @throws EmailFailure */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** Why an email was not accepted; contains no address, so it can be logged. */
export class EmailFailure extends Error {
  override readonly name = "EmailFailure";
  constructor(
    readonly reason: string,
    /** The server rejected this email permanently (RFC 5321 §4.2.1): it is not tried again. */
    readonly isPermanent: boolean,
    cause: unknown,
  ) {
    super(reason, { cause });
  }
}

const CONNECTION_SECONDS = 10;
const SILENCE_SECONDS = 20;
/** The ports of RFC 8314 and RFC 6409. */
const ports: Record<string, number> = { "smtps:": 465, "smtp:": 587 };

/** Parses SMTP_URL. Requires TLS unless the server is on this machine or `?starttls=off` is given. */
export function smtpOptions(smtpUrl: string): SMTPTransportOptions {
  const url = new URL(smtpUrl);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocal = /^(localhost|127\.[\d.]+|::1)$/.test(host);
  const hasTls = url.searchParams.get("starttls") !== "off";
  return {
    host,
    port: Number(url.port) || ports[url.protocol],
    secure: url.protocol === "smtps:",
    requireTLS: hasTls && !isLocal,
    ignoreTLS: !hasTls,
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    tls: { rejectUnauthorized: true },
    connectionTimeout: CONNECTION_SECONDS * 1_000,
    greetingTimeout: CONNECTION_SECONDS * 1_000,
    socketTimeout: SILENCE_SECONDS * 1_000,
    dnsTimeout: CONNECTION_SECONDS * 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

export function createSmtpTransport(smtpUrl: string, from: Sender): Transport {
  const mailer = createTransport(smtpOptions(smtpUrl));
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  return {
    async send({ id, to, subject, text, html }, signal) {
      try {
        await mailer.sendMail({
          messageId: `<${id}@${domain}>`,
          from,
          // As an object: a string would be parsed, and could contain several recipients.
          to: { name: "", address: to },
          subject,
          text,
          html,
          // RFC 3834: suppresses out-of-office replies.
          headers: { "Auto-Submitted": "auto-generated" },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        });
      } catch (error) {
        throw toEmailFailure(error);
      }
    },
  };
}

/** Errors whose message is about the connection; other messages may contain the recipient's address. */
const connectionCodes = new Set(["ECONNECTION", "ESOCKET", "ETIMEDOUT", "EDNS", "ETLS"]);
/** Commands whose rejection concerns this email; a rejection of others concerns the operator's mail account. */
const emailCommands = new Set(["RCPT TO", "DATA"]);

function toEmailFailure(error: unknown): EmailFailure {
  const {
    code = "",
    responseCode,
    command = "",
    message,
  } = error as NodeJS.ErrnoException & {
    responseCode?: number;
    command?: string;
  };
  const detail = connectionCodes.has(code) ? `: ${message}` : "";
  const reason = [code || "failed", responseCode, command].filter(Boolean).join(" ") + detail;
  const isRejected = (responseCode ?? 0) >= 500 && responseCode !== 503 && emailCommands.has(command);
  // nodemailer itself rejected the address, before asking the server.
  const isInvalid = code === "EENVELOPE" && command === "API";
  return new EmailFailure(reason, isRejected || isInvalid, error);
}

/** For development: writes the email with its secret link into the log. */
export function createLogTransport(log: Logger): Transport {
  return {
    async send({ to, subject, text }) {
      log.info({ to, subject, text }, "email, logged because SMTP_URL is not set");
    },
  };
}
