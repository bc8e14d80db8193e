/**
 * Puts a Brotli and a gzip form beside each file of a bundle, for the gateway to serve; `vite build` comes before.
 * `node compress-assets.js <folder of assets>`
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Below it the headers weigh more than what is saved. */
const MIN_BYTES = 1024;
/** At 11 the build takes eight times as long, for a twelfth less. */
const BROTLI_QUALITY = 9;

const [folder] = process.argv.slice(2);
const compress = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  gz: (content) => promisify(gzip)(content, { level: 9 }),
};

async function compressFile(name) {
  const content = readFileSync(join(folder, name));
  if (content.length < MIN_BYTES) return;
  await Promise.all(
    Object.entries(compress).map(async ([ending, form]) => {
      const smaller = await form(content);
      if (smaller.length < content.length) writeFileSync(join(folder, `${name}.${ending}`), smaller);
    }),
  );
}

await Promise.all(
  readdirSync(folder)
    .filter((name) => !/\.(br|gz)$/.test(name))
    .map(compressFile),
);
