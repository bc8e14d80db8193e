/** Every kind of request with a token that is bound to a key (DPoP), and whether a server must accept it. Each name is a fact. */
import { createHmac } from "node:crypto";
import { createProofKey, type ProofChange, type ProofKey, type ProvenRequest, signProof } from "./proofs.ts";

/** What a server must decide about. */
export interface PresentedProof {
  /** Of the Authorization header. */
  readonly scheme: "Bearer" | "DPoP";
  /** The header `DPoP`; null for none. */
  readonly proof: string | null;
}

/** What a proof may be made of. */
export interface ProofMaterial {
  /** The key that the token is bound to. */
  readonly key: ProofKey;
  readonly request: ProvenRequest & { readonly token: string; readonly at: Date };
  /** Presents something first, as in an earlier request. It must be accepted. */
  present(presented: PresentedProof): Promise<unknown>;
}

export interface ProofCase {
  readonly name: string;
  readonly expected: "accepted" | "rejected";
  /** Whether the token is bound. Default: true. */
  readonly isBound?: false;
  make(material: ProofMaterial): PresentedProof | Promise<PresentedProof>;
}

const MINUTE_MS = 60_000;

const proved = (proof: string): PresentedProof => ({ scheme: "DPoP", proof });
/** A proof that differs from a right one. */
const changed =
  (change: ProofChange | ((material: ProofMaterial) => ProofChange)) =>
  (material: ProofMaterial): PresentedProof =>
    proved(
      signProof(material.key, material.request, typeof change === "function" ? change(material) : change),
    );
const at =
  (ms: number) =>
  ({ key, request }: ProofMaterial): PresentedProof =>
    proved(signProof(key, { ...request, at: new Date(+request.at + ms) }));
/** A right proof with its header replaced afterwards, unsigned or signed with a shared secret. */
const resigned = (header: object, signature: (input: string, key: ProofKey) => string) =>
  changedText((proof, key) => {
    const [, payload] = proof.split(".");
    const input = `${Buffer.from(JSON.stringify({ typ: "dpop+jwt", jwk: key.publicJwk, ...header })).toString("base64url")}.${payload}`;
    return `${input}.${signature(input, key)}`;
  });
const changedText =
  (change: (proof: string, key: ProofKey) => string) =>
  ({ key, request }: ProofMaterial): PresentedProof =>
    proved(change(signProof(key, request), key));
const spelled = (url: string): string => `${url.replace(/^http/, "HTTP")}?x=1#y`;

const accepted: Record<string, ProofCase["make"]> = {
  "accepts a bound token with a proof by its key": changed({}),
  "accepts a proof that is nearly a minute old, or early: clocks differ": at(-0.9 * MINUTE_MS),
  "accepts `htu` with a query, a fragment and another spelling of the same URL": changed(({ request }) => ({
    claims: { htu: spelled(request.url) },
  })),
  "accepts a second request with a proof of its own": async (material) => {
    await material.present(changed({})(material));
    return changed({})(material);
  },
  "accepts claims and header fields that it does not know": changed({
    header: { kid: "a" },
    claims: { nonce: "n" },
  }),
};

const rejected: Record<string, ProofCase["make"]> = {
  "rejects a bound token as Bearer": () => ({ scheme: "Bearer", proof: null }),
  "rejects a bound token as Bearer, although a proof comes with it": (material) => ({
    ...changed({})(material),
    scheme: "Bearer",
  }),
  "rejects a bound token without a proof": () => ({ scheme: "DPoP", proof: null }),
  "rejects a proof that was used before": async (material) => {
    const used = changed({})(material);
    await material.present(used);
    return used;
  },
  "rejects a proof by another key": ({ request }) => proved(signProof(createProofKey(), request)),
  "rejects a proof by another key that names the right one": ({ key, request }) =>
    proved(signProof({ ...createProofKey(), publicJwk: key.publicJwk }, request)),
  "rejects a proof for another access token (ath)": ({ key, request }) =>
    proved(signProof(key, { ...request, token: `${request.token}x` })),
  "rejects a proof without `ath`": changed({ claims: { ath: undefined } }),
  "rejects a proof for another method (htm)": changed({ claims: { htm: "GET" } }),
  "rejects a proof for another method in lower case": changed(({ request }) => ({
    claims: { htm: request.method.toLowerCase() },
  })),
  "rejects a proof for another host (htu)": changed({ claims: { htu: "https://other.example/graphql" } }),
  "rejects a proof for another path (htu)": changed(({ request }) => ({
    claims: { htu: `${request.url}/more` },
  })),
  "rejects a proof for a host that begins alike": changed(({ request }) => ({
    claims: { htu: request.url.replace(/^(https?:\/\/[^/]+)/, "$1.evil.example") },
  })),
  "rejects a proof without `htu`": changed({ claims: { htu: undefined } }),
  "rejects an old proof": at(-3 * MINUTE_MS),
  "rejects a proof of the future": at(3 * MINUTE_MS),
  "rejects a proof without `iat`": changed({ claims: { iat: undefined } }),
  "rejects a proof whose `iat` is a text": changed(({ request }) => ({
    claims: { iat: String(Math.floor(+request.at / 1_000)) },
  })),
  "rejects a proof that has expired (exp)": changed(({ request }) => ({
    claims: { exp: Math.floor(+request.at / 1_000) - 300 },
  })),
  "rejects a proof without `jti`": changed({ claims: { jti: undefined } }),
  "rejects a proof with an empty `jti`": changed({ claims: { jti: "" } }),
  "rejects a huge `jti`": changed({ claims: { jti: "j".repeat(2_000) } }),
  "rejects a proof of another type (typ)": changed({ header: { typ: "JWT" } }),
  "rejects a proof without a type": changed({ header: { typ: undefined } }),
  "rejects a proof with an unknown critical header (crit)": changed({ header: { crit: ["x"], x: 1 } }),
  "rejects a proof without a key (jwk)": changed({ header: { jwk: undefined } }),
  "rejects a proof with only a key id (kid)": changed(({ key }) => ({
    header: { jwk: undefined, kid: key.thumbprint },
  })),
  "rejects a proof that shows its private key": changed(({ key }) => ({
    header: { jwk: key.privateKey.export({ format: "jwk" }) },
  })),
  "rejects a proof without signature (alg none)": resigned({ alg: "none" }, () => ""),
  "rejects a proof by HS256 with the public key as its secret": resigned({ alg: "HS256" }, (input, key) =>
    createHmac("sha256", JSON.stringify(key.publicJwk)).update(input).digest("base64url"),
  ),
  "rejects a symmetric key in the proof": resigned(
    { alg: "HS256", jwk: { kty: "oct", k: Buffer.from("secret").toString("base64url") } },
    (input) => createHmac("sha256", "secret").update(input).digest("base64url"),
  ),
  "rejects a key that is no point of its curve": changed(({ key }) => ({
    header: { jwk: { ...key.publicJwk, y: key.publicJwk.x } },
  })),
  "rejects a proof with a signature of zeros": changedText((proof) =>
    [...proof.split(".").slice(0, 2), Buffer.alloc(64).toString("base64url")].join("."),
  ),
  "rejects two proofs in one header": ({ key, request }) =>
    proved(`${signProof(key, request)}, ${signProof(key, request)}`),
  "rejects garbage as a proof": () => proved("garbage"),
  "rejects the access token as its own proof": ({ request }) => proved(request.token),
  "rejects a huge proof": changed({ claims: { more: "A".repeat(7_000) } }),
};

const unbound: ProofCase[] = [
  {
    name: "rejects an unbound token under the scheme DPoP",
    expected: "rejected",
    isBound: false,
    make: changed({}),
  },
  {
    name: "accepts an unbound token as Bearer",
    expected: "accepted",
    isBound: false,
    make: () => ({ scheme: "Bearer", proof: null }),
  },
];

const listOf = (cases: Record<string, ProofCase["make"]>, expected: ProofCase["expected"]): ProofCase[] =>
  Object.entries(cases).map(([name, make]) => ({ name, expected, make }));

export const proofCases: readonly ProofCase[] = [
  ...listOf(accepted, "accepted"),
  ...listOf(rejected, "rejected"),
  ...unbound,
];
