/** A real mail server on this machine, which stores what it receives. It can be down, and reject. */

import { EventEmitter, once } from "node:events";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { freePort } from "./free-port.ts";
import type { Gateway } from "./gateway.ts";

export interface ReceivedEmail {
  /** Of the envelope. */
  readonly to: string;
  readonly mail: ParsedMail;
}

export interface MailServer {
  /** For SMTP_URL and MAIL_FROM. */
  readonly settings: Record<string, string>;
  /** Every received email. */
  readonly received: readonly ReceivedEmail[];
  /** What it answers to RCPT TO; null accepts the email. */
  rejection: { code: number; message: string } | null;
  /** The emails to an address so far. */
  to(address: string): ParsedMail[];
  /** Waits until an address has received that many emails; returns the last of them. */
  wait(address: string, count?: number, deadlineMs?: number): Promise<ParsedMail>;
  down(): Promise<void>;
  up(): Promise<void>;
}

const DEADLINE_MS = 20_000;

export async function startMailServer(): Promise<MailServer> {
  const port = await freePort();
  const received: ReceivedEmail[] = [];
  const arrivals = new EventEmitter().setMaxListeners(100);
  let server: SMTPServer | null = null;

  const open = async (): Promise<void> => {
    const opened = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, callback) =>
        username === "gateway" && password === "p@ss"
          ? callback(null, { user: "gateway" })
          : callback(new Error("no")),
      onRcptTo: (_address, _session, callback) =>
        mailServer.rejection
          ? callback(
              Object.assign(new Error(mailServer.rejection.message), {
                responseCode: mailServer.rejection.code,
              }),
            )
          : callback(),
      onData: (stream, session, callback) => {
        simpleParser(stream).then((mail) => {
          for (const { address } of session.envelope.rcptTo) received.push({ to: address, mail });
          arrivals.emit("mail");
          callback();
        }, callback);
      },
    });
    opened.on("error", () => {});
    await new Promise<void>((resolve) => opened.listen(port, "127.0.0.1", resolve));
    server = opened;
  };

  const mailServer: MailServer = {
    settings: {
      SMTP_URL: `smtp://gateway:p%40ss@127.0.0.1:${port}`,
      MAIL_FROM: "Example <no-reply@example.com>",
    },
    received,
    rejection: null,
    to: (address) => received.filter(({ to }) => to === address).map(({ mail }) => mail),
    async wait(address, count = 1, deadlineMs = DEADLINE_MS) {
      const signal = AbortSignal.timeout(deadlineMs);
      while (mailServer.to(address).length < count) await once(arrivals, "mail", { signal });
      return mailServer.to(address)[count - 1] as ParsedMail;
    },
    async down() {
      const closing = server;
      server = null;
      await new Promise<void>((resolve) => (closing ? closing.close(resolve) : resolve()));
    },
    up: () => (server ? Promise.resolve() : open()),
  };
  await mailServer.up();
  return mailServer;
}

/** The token in the link of an email. */
export function tokenOf(mail: ParsedMail): string {
  const link = /https?:\S+/.exec(mail.text ?? "")?.[0];
  const token = link && new URL(link).searchParams.get("token");
  if (!token) throw new Error(`There is not a token in ${mail.text}`);
  return token;
}

export const pages = {
  confirmUrl: "https://app.example.com/confirm",
  resetUrl: "https://app.example.com/reset?lang=en",
};

/** Deploys settings of local-userpass. */
export async function deployEmailPassword(gateway: Gateway, settings: object): Promise<void> {
  const saved = await gateway.admin(
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }",
    { variables: { i: { name: "local-userpass", enabled: true, settings } } },
  );
  const deployed = await gateway.admin("mutation { deploy { version } }");
  if (saved.errors || deployed.errors) throw new Error(JSON.stringify([saved.errors, deployed.errors]));
}
