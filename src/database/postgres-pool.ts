/**
 * PostgreSQL connections, each lent for a bounded time. What takes longer is cancelled, its connection is closed and never
 * used again; so are connections to a server that has become read-only or shuts down.
 */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import pg from "pg";
import { beginTransaction, CONNECT_SECONDS, MAX_WAITING, type WorkLimits } from "./limits.ts";

/** A connection that TypeORM has borrowed. */
export interface LentConnection {
  /** Gives it longer than its borrower would have, counted from now. */
  extendLease(seconds: number): void;
}

type Release = (error?: unknown) => void;
type Borrower = (error: Error | undefined, connection: Connection | undefined, release: Release) => void;

const SWEEP_MS = 250;
/** Whoever waits for the statement waits for this too. */
const CANCEL_MS = 500;
const CLOSE_MS = 6_000;
/** PostgreSQL's protocol: the code of a CancelRequest. */
const CANCEL_CODE = 80_877_102;
const BEGIN = "START TRANSACTION";

/** Shutting down, dropped, timed out by the server, or not the primary any more: the next statement would fail as well. */
const isSpentBy = (code: string): boolean => /^(57P0.|25006|25P0[34]|08...)$/.test(code);

class Connection extends pg.Client implements LentConnection {
  /** How a transaction of its present borrower begins. */
  begin = BEGIN;
  /** On the pool's own clock; 0 while nobody has it. */
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
   * Tells the server to stop, then closes the connection, whose statement would otherwise go on and hold its locks. In that
   * order, because a pooler forgets a cancellation together with its client.
   */
  abort(error: Error): void {
    this.spentBy = "57014";
    const { connection } = this as unknown as { connection: { stream: Duplex } };
    this.cancel(() => connection.stream.destroy(error));
  }

  /** @param done is called when the server has taken it, and also when it does not answer */
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
    // The server closes it when it has passed the cancellation on.
    socket.write(message);
    socket.resume();
  }
}

export class PostgresPool extends pg.Pool {
  private readonly lent = new Set<Connection>();
  private readonly sweeper: NodeJS.Timeout;
  private elapsedMs = 0;
  private sweptAt = performance.now();
  /** Connections that were made before the server turned out to be the wrong one are of an older one. */
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
      // Who borrowed it hears of the error as well; without any listener it would end the process.
      connection.on("error", () => {});
      connection.once("end", () => this.open.delete(connection));
    });
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  lend(limits: WorkLimits, borrower: Borrower): void {
    if (this.waitingCount >= MAX_WAITING) {
      borrower(
        Object.assign(new Error(`${MAX_WAITING} wait for a connection.`), { code: "53300" }),
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
        // After a failover the others lead to the same server.
        if (connection.spentBy === "25006") this.epoch += 1;
        done(
          (error as Error | undefined) ?? (connection.spentBy ? new Error(connection.spentBy) : undefined),
        );
      });
    });
  }

  /** Waits for what is lent, and for a server that does not answer no longer than for any other answer. */
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

  /** Stands still while the process does: answers that arrived meanwhile are read before anything is given up. */
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

/** What TypeORM makes its pool with, so that two data sources with different limits share the connections of one. */
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
