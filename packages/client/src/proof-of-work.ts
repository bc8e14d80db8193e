/**
 * Solves the challenges of the gateway for guests (ALTCHA 2, PBKDF2), in a worker, so that the page stays responsive.
 * Independent of the rest of this package, for pages with a session of their own.
 */

/** `extensions.challenge` of `PROOF_OF_WORK_REQUIRED`. */
export interface Challenge {
  readonly parameters: {
    readonly algorithm: string;
    readonly nonce: string;
    readonly salt: string;
    readonly cost: number;
    readonly keyLength: number;
    readonly keyPrefix: string;
  };
  readonly signature?: string;
}

interface Solution {
  readonly counter: number;
  readonly derivedKey: string;
}

/**
 * @returns what `loginAnonymous(proofOfWork:)` takes; null where it cannot be solved: there is no WebCrypto (neither https nor
 *   localhost, or React Native), or it is another kind of challenge
 */
export async function solveChallenge(challenge: Challenge): Promise<string | null> {
  const { parameters } = challenge;
  if (!parameters.algorithm.startsWith("PBKDF2/") || !globalThis.crypto?.subtle) return null;
  // Without workers, or where the page forbids them, WebCrypto derives the keys outside of the page's thread all the same.
  const solution = await searchInWorker(parameters).catch(() => search(parameters));
  return btoa(JSON.stringify({ challenge, solution }));
}

async function searchInWorker(parameters: Challenge["parameters"]): Promise<Solution> {
  const code = `onmessage = ({ data }) => (${search})(data).then(postMessage, () => postMessage(null))`;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  let worker: Worker | undefined;
  return new Promise<Solution>((resolve, reject) => {
    worker = new Worker(address);
    worker.onmessage = ({ data }) => (data ? resolve(data) : reject());
    worker.onerror = reject;
    worker.postMessage(parameters);
  }).finally(() => {
    worker?.terminate();
    URL.revokeObjectURL(address);
  });
}

/** Tries one counter after the other, eight at a time. Its text runs in the worker: it uses nothing from outside. */
async function search(parameters: Challenge["parameters"]): Promise<Solution> {
  const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = parameters;
  const toBytes = (hex: string) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const toHex = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const start = toBytes(nonce);
  const derivation = {
    name: "PBKDF2",
    salt: toBytes(salt),
    iterations: cost,
    hash: algorithm.replace("PBKDF2/", ""),
  };
  const attempt = async (counter: number): Promise<Solution> => {
    const password = new Uint8Array(start.length + 4);
    password.set(start);
    new DataView(password.buffer).setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = toHex(new Uint8Array(await crypto.subtle.deriveBits(derivation, key, keyLength * 8)));
    return { counter, derivedKey };
  };
  for (let next = 0; ; next += 8) {
    const solutions = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((each) => attempt(next + each)));
    const found = solutions.find(({ derivedKey }) => derivedKey.startsWith(keyPrefix));
    if (found) return found;
  }
}
