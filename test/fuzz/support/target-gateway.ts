/** A gateway that takes whatever bytes it is sent, and remembers what it logged as an error. */
import { request } from "node:http";
import { Writable } from "node:stream";
import { pino } from "pino";
import { createDatabase, type DatabaseName, type Gateway, startGateway } from "../../support/gateway.ts";

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface TargetGateway {
  readonly gateway: Gateway;
  send(sent: Sent): Promise<{ status: number; body: string; ms: number }>;
  /**
   * Fails for what no input may lead to: a 5xx, an internal error, a line in the log at error level, a slow answer, or a
   * stack or SQL in the answer.
   */
  expectRejectedOrAnswered(sent: Sent): Promise<string>;
  stop(): Promise<void>;
}

/** Requests of a fuzz run take milliseconds; the machine may have other work. */
const MAX_MS = 5_000;

/** What Node's client sends of a header: anything else it rejects itself. */
const sendable = (value: string): string => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?").trim();

export async function startTargetGateway(
  name: DatabaseName,
  settings: Record<string, string> = {},
): Promise<TargetGateway> {
  const database = await createDatabase(name);
  const errors: string[] = [];
  const log = pino(
    { level: "error" },
    new Writable({
      write(chunk, _encoding, done) {
        errors.push(String(chunk));
        done();
      },
    }),
  );
  const gateway = await startGateway({ url: database.url, log, settings });
  const { port } = new URL(gateway.url);

  const send: TargetGateway["send"] = ({ method = "POST", path, headers = {}, body = "" }) =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const bytes = Buffer.from(body);
      const sent = request(
        {
          port,
          host: "127.0.0.1",
          method,
          path: path.replaceAll(/[^\x21-\x7e]/g, (character) =>
            encodeURIComponent(Buffer.from(character).toString()),
          ),
          headers: {
            "content-type": "application/json",
            ...(method !== "GET" && { "content-length": bytes.length }),
            ...Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, sendable(value)])),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: text, ms: performance.now() - start }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(method === "GET" ? undefined : bytes);
    });

  return {
    gateway,
    send,
    async expectRejectedOrAnswered(sent) {
      const { status, body, ms } = await send(sent);
      const problems = [
        ...(status >= 500 ? [`status ${status}`] : []),
        ...(body.includes("INTERNAL_SERVER_ERROR") || body.includes("InternalServerError")
          ? ["an internal error"]
          : []),
        ...(/\n\s+at .+:\d+:\d+|SQLITE_|SELECT .+ FROM|QueryFailedError/.test(body)
          ? ["a stack or SQL"]
          : []),
        ...(ms > MAX_MS ? [`${Math.round(ms)} ms`] : []),
        ...errors.splice(0),
      ];
      if (problems.length > 0) throw new Error(`${problems.join("; ")}: ${body.slice(0, 300)}`);
      return body;
    },
    async stop() {
      await gateway.stop();
      await database.drop();
    },
  };
}
