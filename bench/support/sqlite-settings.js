/** How the gateway opens a SQLite file. Whatever it is compared with opens its own alike. */
export const pragmas = [
  "journal_mode = WAL",
  "synchronous = FULL",
  "cache_size = -16000",
  "foreign_keys = ON",
];
