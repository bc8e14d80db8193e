/**
 * PostgreSQL connections with a deadline for each borrower. After it the statement is cancelled and the connection is closed;
 * connections to a server that became read-only or shuts down are closed too.
 */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import pg from "pg";
import { beginTransaction, CONNECT_SECONDS, MAX_WAITING, type WorkLimits } from "./limits.ts";

/** A connection that is borrowed by TypeORM. */
export interface LentConnection {
  /** Sets the deadline of this borrower, counted from now. */
  extendLease(seconds: number): void;
}

type Release = (error?: unknown) => void;
type Borrower = (error: Error | undefined, connection: Connection | undefined, release: Release) => void;

const SWEEP_MS = 250;
/** The borrower waits for this, too. */
const CANCEL_MS = 500;
const CLOSE_MS = 6_000;
/** PostgreSQL's protocol: the code of a CancelRequest. */
const CANCEL_CODE = 80_877_102;
const BEGIN = "START TRANSACTION";

/** The server shuts down, closed or timed out the connection, or is read-only: the next statement would fail as well. */
const isSpentBy = (code: string): boolean => /^(57P0.|25006|25P0[34]|08...)$/.test(code);

class Connection extends pg.Client implements LentConnection {
  /** The statement that begins a transaction of the current borrower. */
  begin = BEGIN;
  /** By the pool's clock; 0 while it is not borrowed. */
  lentUntilMs = 0;
  spentBy: string | null = null;
  epoch = 0;
  nowMs = (): number => 0;

  constructor(options: pg.ClientConfig) {
    super(options);
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    connection.on("errorMessage", ({ code }: { code?: string }) => {
      if (isSpentBy(String(code))) this.spentBy = String(code);
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg has a dozen signatures for it
  override query(text: any, ...others: any[]): any {
    return super.query(text === BEGIN ? this.begin : text, ...others);
  }

  extendLease(seconds: number): void {
    this.lentUntilMs = this.nowMs() + seconds * 1_000;
  }

  /**
   * Cancels the statement, then closes the connection; otherwise the statement would continue to run and hold its locks. In
   * this order, because a pooler drops a cancellation when its client disconnects.
   */
  abort(error: Error): void {
    this.spentBy = "57014";
    const { connection } = this as unknown as { connection: { stream: Duplex } };
    this.cancel(() => connection.stream.destroy(error));
  }

  /** @param done is called when the server has accepted the cancellation, or does not answer */
  private cancel(done: () => void): void {
    const { host, port, processID, secretKey } = this as unknown as {
      host: string;
      port: number;
      processID: number | null;
      secretKey: number | null;
    };
    if (processID === null || secretKey === null) {
      done();
      return;
    }
    const message = Buffer.alloc(16);
    message.writeInt32BE(message.length, 0);
    message.writeInt32BE(CANCEL_CODE, 4);
    message.writeInt32BE(processID, 8);
    message.writeInt32BE(secretKey, 12);
    const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const giveUp = setTimeout(() => socket.destroy(), CANCEL_MS);
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(giveUp);
      done();
    });
    // The server closes the socket when it has processed the cancellation.
    socket.write(message);
    socket.resume();
  }
}

export class PostgresPool extends pg.Pool {
  private readonly lent = new Set<Connection>();
  private readonly sweeper: NodeJS.Timeout;
  private elapsedMs = 0;
  private sweptAt = performance.now();
  /** Increased when a server is read-only: connections of an earlier epoch may lead to the same server. */
  private epoch = 0;
  private readonly open = new Set<Connection>();
  private closing: Promise<void> | null = null;

  constructor(options: pg.PoolConfig) {
    super({
      ...options,
      Client: Connection,
      connectionTimeoutMillis: CONNECT_SECONDS * 1_000,
    } as unknown as pg.PoolConfig);
    this.on("connect", (client) => {
      const connection = client as unknown as Connection;
      connection.epoch = this.epoch;
      connection.nowMs = this.nowMs;
      this.open.add(connection);
      // The borrower gets the error as well; without a listener it would end the process.
      connection.on("error", () => {});
      connection.once("end", () => this.open.delete(connection));
    });
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  lend(limits: WorkLimits, borrower: Borrower): void {
    if (this.waitingCount >= MAX_WAITING) {
      borrower(
        Object.assign(new Error(`${MAX_WAITING} callers wait for a connection.`), { code: "53300" }),
        undefined,
        () => {},
      );
      return;
    }
    super.connect((error, client, done) => {
      const connection = client as unknown as Connection | undefined;
      if (error || !connection) return borrower(error, undefined, done);
      if (connection.epoch !== this.epoch) {
        done(new Error("This connection leads to a server that is read-only."));
        return this.lend(limits, borrower);
      }
      connection.begin = beginTransaction(limits);
      connection.extendLease(limits.leaseSeconds);
      this.lent.add(connection);
      borrower(undefined, connection, (error) => {
        this.lent.delete(connection);
        // After a failover the other connections lead to the same server.
        if (connection.spentBy === "25006") this.epoch += 1;
        done(
          (error as Error | undefined) ?? (connection.spentBy ? new Error(connection.spentBy) : undefined),
        );
      });
    });
  }

  /** Waits for borrowed connections, up to a limit if the server does not answer. */
  close(): Promise<void> {
    this.closing ??= this.endAll();
    return this.closing;
  }

  private async endAll(): Promise<void> {
    const giveUp = setTimeout(() => {
      for (const { connection } of this.open as unknown as Set<{ connection: { stream: Duplex } }>) {
        connection.stream.destroy();
      }
    }, CLOSE_MS);
    await super.end();
    clearTimeout(giveUp);
    clearInterval(this.sweeper);
  }

  /** Does not advance while the process is frozen, so that answers that arrived meanwhile are read before any deadline. */
  private readonly nowMs = (): number => this.elapsedMs;

  private sweep(): void {
    const now = performance.now();
    this.elapsedMs += Math.min(now - this.sweptAt, 2 * SWEEP_MS);
    this.sweptAt = now;
    for (const connection of this.lent) {
      if (connection.lentUntilMs > this.elapsedMs) continue;
      this.lent.delete(connection);
      connection.abort(Object.assign(new Error("PostgreSQL took too long."), { code: "ETIMEDOUT" }));
    }
  }
}

/** The driver module for TypeORM, with which data sources with different limits share one pool. */
export function poolModule(shared: { pool: PostgresPool | null }, limits: WorkLimits): { Pool: unknown } {
  return {
    Pool: class {
      private readonly pool: PostgresPool;
      constructor(options: pg.PoolConfig) {
        shared.pool ??= new PostgresPool(options);
        this.pool = shared.pool;
      }
      on(event: "error", listener: (error: Error) => void): void {
        this.pool.on(event, listener);
      }
      connect(borrower: Borrower): void {
        this.pool.lend(limits, borrower);
      }
      end(done: (error?: Error) => void): void {
        this.pool.close().then(() => done(), done);
      }
    },
  };
}
