/** How a mail leaves this process: to a mail server, or into the log of a developer. */
import { createTransport, type SMTPTransportOptions } from "nodemailer";
import type { Logger } from "pino";

export interface Message {
  /** The same at every attempt, so that a receiver who got it twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Sender {
  /** "" when there is none. */
  readonly name: string;
  readonly address: string;
}

export interface Transport {
  /** @throws EmailFailure */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** Why a mail was not taken, without any address: fit for the log. */
export class EmailFailure extends Error {
  override readonly name = "EmailFailure";
  constructor(
    readonly reason: string,
    /** The server refused this mail for good (RFC 5321 §4.2.1), so that another attempt is of no use. */
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

/** Reads SMTP_URL. Where mails leave this machine, TLS is demanded, unless `?starttls=off` says that it need not. */
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
          // As an object: a string would be parsed, and could name several people.
          to: { name: "", address: to },
          subject,
          text,
          html,
          // RFC 3834: nobody's holiday notice answers it.
          headers: { "Auto-Submitted": "auto-generated" },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        });
      } catch (error) {
        throw asFailure(error);
      }
    },
  };
}

/** The messages of these codes speak of the connection; those of others may quote the address. */
const connectionCodes = new Set(["ECONNECTION", "ESOCKET", "ETIMEDOUT", "EDNS", "ETLS"]);
/** A refusal here is about this mail; elsewhere it is about the operator's account. */
const refusals = new Set(["RCPT TO", "DATA"]);

function asFailure(error: unknown): EmailFailure {
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
  const isRefused = (responseCode ?? 0) >= 500 && responseCode !== 503 && refusals.has(command);
  // No answer at all: nodemailer itself found that nobody can be written to like that.
  const isImpossible = code === "EENVELOPE" && command === "API";
  return new EmailFailure(reason, isRefused || isImpossible, error);
}

/** For development on one machine: whoever reads the log is whoever asked. */
export function createLogTransport(log: Logger): Transport {
  return {
    async send({ to, subject, text }) {
      log.info({ to, subject, text }, "a mail, shown here because SMTP_URL is not set");
    },
  };
}
