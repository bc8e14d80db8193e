/** `npm run seed`: fills a database with test users, to try the console or to measure. */
import "reflect-metadata";
import { parseArgs } from "node:util";
import { hash } from "@node-rs/argon2";
import { fillDatabase } from "./harness/fill.js";

const HELP = `npm run seed -- [options]

Fills an empty database with test users, sessions and audit events.

  --users <n>        approximate number of users (default: 10000)
  --database <url>   sqlite:<file> or postgres://…, without users (default: DATABASE_URL)
  --seed <n>         seed of the random generator; the same seed gives the same data (default: 1)
  --until <time>     time of the last event, such as 2026-06-01T12:00:00Z (default: now)
  --help             print this help

The password of all users with an email is "correct horse".

Example: npm run seed -- --users 1000000 --database sqlite:data/try.sqlite
`;

try {
  const { values } = parseArgs({
    options: {
      users: { type: "string", default: "10000" },
      database: { type: "string", default: process.env.DATABASE_URL ?? "sqlite:data/passerby.sqlite" },
      seed: { type: "string", default: "1" },
      until: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
  } else {
    const whole = (/** @type {"users" | "seed"} */ name) => {
      if (!/^\d{1,8}$/.test(values[name])) throw new Error(`--${name} must be a whole number.`);
      return Number(values[name]);
    };
    const until = values.until ? Date.parse(values.until) : Date.now();
    if (Number.isNaN(until)) throw new Error("--until must be a time, such as 2026-06-01T12:00:00Z.");
    const begun = performance.now();
    const rows = await fillDatabase(values.database, {
      users: whole("users"),
      seed: whole("seed"),
      until,
      passwordHash: await hash("correct horse"),
      onProgress: showProgress,
    });
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    const counts = Object.entries(rows).map(([table, count]) => `${count.toLocaleString("en")} ${table}`);
    process.stdout.write(
      `${values.database.replace(/:[^:/]*@/, ":…@")}: ${counts.join(", ")}, in ${seconds} s\n`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

const BAR_WIDTH = 30;

/** A progress bar, if standard error is a terminal. */
function showProgress(/** @type {number} */ done, /** @type {number} */ all) {
  if (!process.stderr.isTTY) return;
  const share = Math.min(done / all, 1);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const text = `\r  seeding ${bar} ${done.toLocaleString("en")} of ${all.toLocaleString("en")} users`;
  process.stderr.write(share < 1 ? text : "\r\u001b[2K");
}
