/** Why a database cannot be used, in one sentence that names the fix and has no stack and no password. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { pino } from "pino";
import { openCore, readAllSettings } from "../../src/core.ts";
import { explainFailure } from "../../src/start/start-failures.ts";
import { ADMIN_KEY, createDatabase, MASTER_KEY } from "../support/gateway.ts";
import { certificate, privateKey } from "../support/localhost-certificate.ts";

const SECRET = "hidden-password";
const server = new URL(String(process.env.TEST_POSTGRES_URL));
const folder = mkdtempSync(join(tmpdir(), "passerby-database-start-"));
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

function run(databaseUrl: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: {
      PATH: String(process.env.PATH),
      PORT: "0",
      METRICS_PORT: "off",
      DATABASE_URL: databaseUrl,
      MASTER_KEY,
      ADMIN_KEY,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once("exit", (status) => resolve({ status, stderr })));
}
const dist = (name: string): string => join(process.cwd(), "dist", name);

/** The gateway and a command reject with the same sentence. */
async function expectSentence(databaseUrl: string, sentence: RegExp): Promise<void> {
  expectGood(await explain(databaseUrl), sentence);
}

/** As both do, without starting a process for it. */
async function explain(databaseUrl: string): Promise<string> {
  try {
    const settings = readAllSettings({ PORT: "0", DATABASE_URL: databaseUrl, MASTER_KEY, ADMIN_KEY });
    const core = await openCore({ settings, log: pino({ level: "silent" }) });
    await core.close();
    return "It started.";
  } catch (error) {
    return explainFailure(error);
  }
}

async function expectProcesses(databaseUrl: string, sentence: RegExp): Promise<void> {
  const ended = await Promise.all([
    run(databaseUrl, [dist("main.js")]),
    run(databaseUrl, [dist("cli.js"), "migrate"]),
  ]);
  for (const { status, stderr } of ended) {
    expectGood(stderr, sentence);
    expect(status).toBe(1);
  }
}

function expectGood(text: string, sentence: RegExp): void {
  expect(text).toMatch(sentence);
  expect(text).not.toMatch(/\n\s+at |node_modules|Warning/);
  expect(text).not.toContain(SECRET);
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(
    text.includes("settings are invalid") ? 2 : 1,
  );
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** What answers the first bytes with these. */
const answering = (bytes: string | null): Server =>
  createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => (bytes === null ? socket.destroy() : socket.write(bytes, "latin1")));
  });
const failing = (code: string, message: string): Server => {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`;
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return answering(`E${length.toString("latin1")}${fields}`);
};
const withTls = (): Server =>
  createServer((socket) => {
    socket.once("data", () => {
      socket.write("S");
      new TLSSocket(socket, { isServer: true, key: privateKey, cert: certificate }).on("error", () => {});
    });
  });

const at = (port: number, rest = ""): string => `postgres://ada:${SECRET}@localhost:${port}/shop${rest}`;

const name = `weak_${process.pid}`;
let place: Awaited<ReturnType<typeof createDatabase>>;
let admin: pg.Client;
const asWeak = (): string => {
  const url = new URL(place.url);
  [url.username, url.password] = [name, SECRET];
  return url.href;
};
beforeAll(async () => {
  place = await createDatabase("postgres");
  admin = new pg.Client({ connectionString: place.url });
  await admin.connect();
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${SECRET}'`);
  ends.push(async () => {
    await admin.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    await admin.end();
    await place.drop();
  });
});

describe("the gateway and a command", () => {
  it("do not start with a % that stands for itself", () =>
    expectProcesses("postgres://ada:100%@localhost/shop", /write % as %25/));
  it("do not start where nothing listens", () =>
    expectProcesses(at(1), /cannot be reached \(.*ECONNREFUSED.*\)/));
  it("do not start with an untrusted certificate, and print no warning of the driver", async () => {
    const port = await listen(withTls());
    await expectProcesses(
      at(port, "?sslmode=require"),
      /cannot be verified \(.*self-signed.*\).*sslrootcert/,
    );
  });
  it("do not start where the user may not create tables", () =>
    expectProcesses(asWeak(), /permission denied for schema public/));
});

describe("an address that cannot be right", () => {
  it.each([
    ["a plain %", `postgres://ada:100%@localhost/shop`, /write % as %25/],
    ["a % and one digit", "postgres://ada:a%2@localhost/shop", /write % as %25/],
    ["bytes that are no UTF-8", "postgres://ada:a%FF@localhost/shop", /write % as %25/],
    ["a # in the password", "postgres://ada:a#b@localhost/shop", /# as %40 %3A %2F %3F %23/],
    ["a / in the password", `postgres://ada:a@${SECRET}/b@localhost/shop`, /@ : \/ \? # as %40/],
    ["a ? after an @ in the password", `postgres://ada:a@${SECRET}?b@localhost/shop`, /@ : \/ \? # as %40/],
    ["a # after an @ in the password", `postgres://ada:a@${SECRET}#b@localhost/shop`, /@ : \/ \? # as %40/],
    ["a space", "postgres://ada:a b@localhost/shop", /a space in a password as %20/],
    ["a port beyond all ports", "postgres://ada:a@localhost:65536/shop", /port is a number from 1 to 65535/],
    ["a port that is not a number", "postgres://ada:a@localhost/shop?port=x", /port that is not a number/],
    [
      "an unknown sslmode",
      "postgres://ada:a@localhost/shop?sslmode=on",
      /unknown sslmode; there are disable, /,
    ],
    ["another scheme", "mysql://ada:a@localhost/shop", /must be sqlite:<file>/],
    ["a tab", "sqlite:data/a\tb", /control characters/],
  ])("has %s", async (_, url, sentence) => {
    await expectSentence(url, sentence);
  });
});

describe("a scheme in capitals", () => {
  it("is read as one in lower case", async () => {
    await expectSentence(at(1).replace("postgres", "POSTGRES"), /cannot be reached \(.*ECONNREFUSED.*\)/);
    await expectSentence("SQLITE::memory:", /It started/);
  });
});

describe("a server that is not there, or is another", () => {
  it("has a host that is not known", () =>
    expectSentence(
      `postgres://ada:${SECRET}@no-such-host.invalid/shop`,
      /host in DATABASE_URL cannot be resolved|cannot be reached/,
    ));
  it("has no listener on that port", () => expectSentence(at(1), /cannot be reached \(.*ECONNREFUSED.*\)/));
  it("has no socket there", () =>
    expectSentence(
      `postgres://ada:${SECRET}@localhost/shop?host=/nowhere`,
      /does not listen on the socket in DATABASE_URL/,
    ));
  it("speaks HTTP", async () => {
    const port = await listen(createHttpServer((_request, response) => response.end()));
    await expectSentence(at(port), /is not PostgreSQL|closed the connection|does not answer in time/);
  });
  it("speaks JSON", async () => {
    const port = await listen(answering('{"error":"what?"}\r\n'));
    await expectSentence(at(port), /is not PostgreSQL|does not answer in time/);
  });
  it("hangs up", async () => {
    await expectSentence(at(await listen(answering(null))), /closed the connection|cannot be reached/);
  });
  it("says nothing", async () => {
    await expectSentence(at(await listen(createServer())), /does not answer in time/);
  });
});

describe("TLS", () => {
  it.each(["require", "verify-full", "prefer", "verify-ca"])(
    "with sslmode=%s and a self-signed certificate",
    async (mode) => {
      const port = await listen(withTls());
      await expectSentence(
        at(port, `?sslmode=${mode}`),
        /cannot be verified \(.*self-signed.*\).*sslrootcert.*no-verify/,
      );
    },
  );
  it("with a server that has none", async () => {
    const url = new URL(server);
    url.searchParams.set("sslmode", "require");
    await expectSentence(url.href, /does not offer TLS, and DATABASE_URL requires it/);
  });
  it("with an authority, no sslmode, and a server that has none", async () => {
    const file = join(folder, "authority.pem");
    writeFileSync(file, certificate);
    const url = new URL(server);
    url.searchParams.set("sslrootcert", file);
    await expectSentence(url.href, /does not offer TLS, and DATABASE_URL requires it .*`sslrootcert`/);
  });
  it("with a certificate for another host", async () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, certificate);
    const port = await listen(withTls());
    const url = `postgres://ada:${SECRET}@127.0.0.1:${port}/shop?sslmode=require&sslrootcert=${file}`;
    await expectSentence(url, /is for another host name/);
  });
  it("with an authority whose file is not there", () =>
    expectSentence(
      at(1, "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem"),
      /A file in DATABASE_URL does not exist/,
    ));
  it("that the server demands", async () => {
    const port = await listen(
      failing("28000", 'no pg_hba.conf entry for host "10.0.0.1", user "ada", no encryption'),
    );
    await expectSentence(at(port), /accepts encrypted connections only. Add `\?sslmode=require`/);
  });
});

describe("a server that rejects", () => {
  it.each([
    ["53300", "sorry, too many clients already", /no free connection. Lower DATABASE_POOL_SIZE/],
    [
      "57P03",
      "the database system is starting up",
      /starting or stopping \(the database system is starting up\)/,
    ],
    ["57P03", "the database system is not yet accepting connections", /starting or stopping/],
    [
      "08P01",
      "unsupported startup parameter: search_path",
      /pooler rejects a startup parameter .*ignore_startup_parameters/,
    ],
    ["08P01", "no more connections allowed (max_client_conn)", /no free connection/],
    ["08P01", "server login has been failing", /cannot be reached \(server login has been failing\)/],
    ["28000", 'role "ada" is not permitted to log in', /rejects the user or password in DATABASE_URL/],
    ["XX000", "something new", /returned an error \(XX000: something new\)/],
  ])("with %s %s", async (code, message, sentence) => {
    await expectSentence(at(await listen(failing(code, message))), sentence);
  });
  it("a login that is not SCRAM", async () => {
    const port = await listen(answering("R\0\0\0\x0d\0\0\0\x0aFOO\0\0"));
    await expectSentence(at(port), /authentication method that is not supported/);
  });
  it("a login without a password", async () => {
    const url = new URL(server);
    url.password = "";
    await expectSentence(url.href, /requires a password, and DATABASE_URL has none/);
  });
  it("the password", async () => {
    const url = new URL(server);
    url.password = SECRET;
    await expectSentence(
      url.href,
      /rejects the user or password in DATABASE_URL .*percent-encode|does not exist/,
    );
  });
  it("nothing of a password with an @ that is not encoded", async () => {
    await admin.query(`ALTER ROLE ${name} PASSWORD 'p@${SECRET}'`);
    try {
      const url = asWeak().replace(SECRET, `p@${SECRET}`);
      await expectSentence(url, /permission denied for schema public/);
    } finally {
      await admin.query(`ALTER ROLE ${name} PASSWORD '${SECRET}'`);
    }
  });
  it("a database that is not there", async () => {
    const url = new URL(server);
    url.pathname = "/no_such_database";
    await expectSentence(url.href, /does not exist. Create it first/);
  });
});

describe("a user without rights", () => {
  it("may not create tables in the schema", () =>
    expectSentence(
      asWeak(),
      /lacks a permission that migrations need \(permission denied for schema public\).*GRANT CREATE, USAGE/,
    ));
  it("only reaches a standby", async () => {
    await admin.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${name}`);
    await expectSentence(asWeak(), /is read-only, which a standby is. Set DATABASE_URL to the primary/);
  });
});

describe("a file", () => {
  const path = (name: string): string => `sqlite:${join(folder, name)}`;
  it("that is a folder", async () => {
    mkdirSync(join(folder, "folder"));
    await expectSentence(path("folder"), /cannot be opened. Check that DATABASE_URL names a file/);
  });
  it("below a file", async () => {
    writeFileSync(join(folder, "file"), "");
    await expectSentence(
      path("file/passerby.sqlite"),
      /cannot be opened. Check that DATABASE_URL names a file/,
    );
  });
  it("with a name that is too long", () =>
    expectSentence(path("x".repeat(300)), /cannot be opened. Check that DATABASE_URL names a file/));
  it("that is damaged", async () => {
    const file = join(folder, "damaged.sqlite");
    expect((await run(`sqlite:${file}`, [dist("cli.js"), "migrate"])).status).toBe(0);
    const { readFileSync } = await import("node:fs");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, bytes.length);
    writeFileSync(file, bytes);
    await expectSentence(`sqlite:${file}`, /is damaged. Restore it from a backup/);
  });
});
