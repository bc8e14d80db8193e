/** Keys as operators paste them: what can be saved logs in, and what cannot be saved names what to give instead. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { exportJWK, SignJWT } from "jose";
import { insertRows } from "../../src/database/insert-rows.ts";
import { DeploymentRecord } from "../../src/entities/deployment.ts";
import { applePreset } from "../../src/providers/oauth2-apple.ts";
import { type Answer, codeOf, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { certificate, privateKey as certificateKey } from "../support/localhost-certificate.ts";

const issuer = "https://issuer.example";
const pemOf = (key: KeyObject, type: "spki" | "pkcs1" | "pkcs8" | "sec1" = "spki"): string =>
  String(key.export({ format: "pem", type: type as "spki" }));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1_024 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const ed25519 = generateKeyPairSync("ed25519");
const rsaPem = pemOf(rsa.publicKey);
const lines = rsaPem.trim().split("\n");
const base64 = lines.slice(1, -1).join("");

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const save = (settings: object): Promise<Answer> =>
  gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
    variables: {
      i: { name: "custom-token", enabled: true, settings: { issuer, secret: null, ...settings } },
    },
  });
const problemsOf = ({ errors }: Answer): string[] =>
  (errors?.[0]?.extensions.problems ?? []).map(({ message }: { message: string }) => message);
const loginWith = (token: string): Promise<Answer> =>
  gateway.graph("mutation ($t: String!) { login(credentials: { jwt: { token: $t } }) { user { id } } }", {
    variables: { t: token },
  });
const sign = (alg: string, key: KeyObject | Uint8Array): Promise<string> =>
  new SignJWT({ iss: issuer, sub: "ada", exp: 4_000_000_000 }).setProtectedHeader({ alg }).sign(key);

describe("a public key that can be saved logs in:", () => {
  it.each<[string, string, string, KeyObject]>([
    ["SPKI", rsaPem, "RS256", rsa.privateKey],
    ["SPKI, for PS512", rsaPem, "PS512", rsa.privateKey],
    ["PKCS #1", pemOf(rsa.publicKey, "pkcs1"), "RS256", rsa.privateKey],
    ["P-256", pemOf(p256.publicKey), "ES256", p256.privateKey],
    ["P-384", pemOf(p384.publicKey), "ES384", p384.privateKey],
    ["P-521", pemOf(p521.publicKey), "ES512", p521.privateKey],
    ["Ed25519", pemOf(ed25519.publicKey), "EdDSA", ed25519.privateKey],
    ["Ed25519 by its newer name", pemOf(ed25519.publicKey), "Ed25519", ed25519.privateKey],
    [
      "an explanation before it",
      `Subject: CN=issuer\nBag Attributes: <none>\n${rsaPem}`,
      "RS256",
      rsa.privateKey,
    ],
    ["an explanation after it", `${rsaPem}# rotated in May`, "RS256", rsa.privateKey],
    ["a byte order mark", `\ufeff${rsaPem}`, "RS256", rsa.privateKey],
    ["line breaks of Windows", rsaPem.replaceAll("\n", "\r\n"), "RS256", rsa.privateKey],
    ["line breaks that are written out", rsaPem.replaceAll("\n", "\\n"), "RS256", rsa.privateKey],
    ["no line breaks", lines.join(" "), "RS256", rsa.privateKey],
    ["indented", lines.map((line) => `    ${line}`).join("\n"), "RS256", rsa.privateKey],
  ])("%s", async (_, publicKey, alg, key) => {
    expect(problemsOf(await save({ publicKey, algorithms: [alg] }))).toEqual([]);
    await gateway.admin("mutation { deploy { version } }");
    expect((await loginWith(await sign(alg, key))).errors).toBeUndefined();
  });
  it("an X.509 certificate", async () => {
    const { createPrivateKey } = await import("node:crypto");
    const algorithms = ["RS256", "ES256"];
    expect(
      problemsOf(await save({ publicKey: `Certificate:\n    Data:\n${certificate}`, algorithms })),
    ).toEqual([]);
    await gateway.admin("mutation { deploy { version } }");
    expect((await loginWith(await sign("ES256", createPrivateKey(certificateKey)))).errors).toBeUndefined();
    // Of the algorithms that are accepted, those of the key; the others are no fault of the gateway's.
    expect(codeOf(await loginWith(await sign("RS256", rsa.privateKey)))).toBe("INVALID_CREDENTIALS");
  });
});

describe("a public key that cannot be used is not saved:", () => {
  const jwk = JSON.stringify(rsa.publicKey.export({ format: "jwk" }));
  it.each<[string, string | (() => Promise<string>), string, RegExp]>([
    [
      "EC with RS256",
      pemOf(p256.publicKey),
      "RS256",
      /curve P-256, which does not fit the algorithms RS256. Set algorithms to ES256/,
    ],
    ["P-384 with ES256", pemOf(p384.publicKey), "ES256", /Set algorithms to ES384/],
    ["RSA with ES256", rsaPem, "ES256", /RSA key of 2048 bits.*Set algorithms to RS256/],
    ["Ed25519 with ES256", pemOf(ed25519.publicKey), "ES256", /Set algorithms to EdDSA/],
    ["RSA of 1,024 bits", pemOf(shortRsa.publicKey), "RS256", /1024 bits; at least 2048 are required/],
    [
      "RSA of 1,024 bits as PKCS #1",
      pemOf(shortRsa.publicKey, "pkcs1"),
      "RS256",
      /at least 2048 are required/,
    ],
    [
      "secp256k1",
      pemOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey),
      "ES256",
      /no accepted algorithm uses/,
    ],
    ["Ed448", pemOf(generateKeyPairSync("ed448").publicKey), "EdDSA", /no accepted algorithm uses/],
    ["X25519", pemOf(generateKeyPairSync("x25519").publicKey), "EdDSA", /no accepted algorithm uses/],
    [
      "RSA-PSS",
      pemOf(generateKeyPairSync("rsa-pss", { modulusLength: 2_048 }).publicKey),
      "PS256",
      /no accepted algorithm uses/,
    ],
    ["a private key", pemOf(rsa.privateKey, "pkcs8"), "RS256", /private key.*openssl pkey/],
    ["a private key in PKCS #1", pemOf(rsa.privateKey, "pkcs1"), "RS256", /private key/],
    ["a private key in SEC 1", pemOf(p256.privateKey, "sec1"), "ES256", /private key/],
    ["a private key after the public one", rsaPem + pemOf(rsa.privateKey, "pkcs8"), "RS256", /private key/],
    ["two keys", rsaPem + pemOf(p256.publicKey), "RS256", /2 PEM blocks .*PUBLIC KEY, PUBLIC KEY/],
    ["a chain of certificates", `${certificate}\n${certificate}`, "ES256", /2 PEM blocks .*Give only/],
    ["a JSON Web Key", jwk, "RS256", /JSON Web Key.*`jwksUrl`/],
    ["a JSON Web Key Set", `{"keys":[${jwk}]}`, "RS256", /JSON Web Key/],
    [
      "a private JSON Web Key",
      async () => JSON.stringify(await exportJWK(rsa.privateKey)),
      "RS256",
      /secret part/,
    ],
    ["base64 alone", base64, "RS256", /BEGIN PUBLIC KEY/],
    ["OpenSSH's form", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC ada@host", "RS256", /ssh-keygen -e -m PKCS8/],
    ["an address", "https://issuer.example/key.pem", "RS256", /`jwksUrl`/],
    [
      "a certificate request",
      rsaPem.replaceAll("PUBLIC KEY", "CERTIFICATE REQUEST"),
      "RS256",
      /CERTIFICATE REQUEST are not accepted/,
    ],
    ["a damaged key", rsaPem.replace(base64.slice(0, 30), ""), "RS256", /damaged/],
    ["one line of dots", lines.toSpliced(2, 1, "...").join("\n"), "RS256", /not base64/],
    ["half a block", lines.slice(0, -1).join("\n"), "RS256", /END PUBLIC KEY/],
    ["a word", "nonsense", "RS256", /not a public key in PEM/],
    ["nothing", "", "RS256", /not a public key in PEM/],
  ])("%s", async (_, given, alg, problem) => {
    const publicKey = typeof given === "string" ? given : await given();
    const saved = await save({ publicKey, algorithms: [alg] });
    expect(codeOf(saved)).toBe("BAD_USER_INPUT");
    expect(problemsOf(saved)).toEqual([expect.stringMatching(problem)]);
    if (publicKey.length > 100) expect(JSON.stringify(saved)).not.toContain(publicKey.slice(40, 80));
  });
  it.each([
    ["a discovery document", `${issuer}/.well-known/openid-configuration`, /`jwks_uri`/],
    ["a password in the address", "https://ada:secret@issuer.example/keys", /without user and password/],
    ["http", "http://issuer.example/keys", /must be https/],
  ])("as jwksUrl: %s", async (_, jwksUrl, problem) => {
    expect(problemsOf(await save({ jwksUrl, algorithms: ["RS256"] }))).toEqual([
      expect.stringMatching(problem),
    ]);
  });
  it.each([
    ["a public key, with which everybody could sign", rsaPem],
    ["a private key", pemOf(rsa.privateKey, "pkcs8")],
    ["a JSON Web Key", jwk],
  ])("as shared secret: %s", async (_, secret) => {
    const saved = await save({ secret, algorithms: ["HS256"] });
    expect(problemsOf(saved)).toEqual([expect.stringMatching(/not a shared secret/)]);
    expect(JSON.stringify(saved)).not.toContain(secret.slice(40, 80));
  });
});

it.each(["HS256", "HS384", "HS512"])("takes a shared secret as its characters, with %s", async (alg) => {
  // It looks like base64, and is not decoded.
  const secret = Buffer.alloc(24, 7).toString("base64");
  expect(problemsOf(await save({ secret, algorithms: [alg] }))).toEqual([]);
  await gateway.admin("mutation { deploy { version } }");
  expect((await loginWith(await sign(alg, new TextEncoder().encode(secret)))).errors).toBeUndefined();
  const decoded = await sign(alg, Buffer.from(secret, "base64"));
  expect(codeOf(await loginWith(decoded))).toBe("INVALID_CREDENTIALS");
});

describe("Apple's private key", () => {
  const problems = (privateKey: string): string[] =>
    (applePreset.settings.safeParse({ clientIds: ["app"], privateKey }).error?.issues ?? []).map(
      ({ message }) => message,
    );
  it.each([
    ["as it is downloaded", pemOf(p256.privateKey, "pkcs8")],
    ["with an explanation before it", `Key for Sign in with Apple\n${pemOf(p256.privateKey, "pkcs8")}`],
    ["with line breaks that are written out", pemOf(p256.privateKey, "pkcs8").replaceAll("\n", "\\n")],
  ])("is saved and signs %s", async (_, privateKey) => {
    const settings = applePreset.settings.parse({
      clientIds: ["app"],
      teamId: "TEAM567890",
      keyId: "KEY4567890",
      privateKey,
    });
    const authenticate = applePreset.redirect?.authenticateClient(settings, new Date());
    await expect(authenticate).resolves.toBeInstanceOf(Function);
  });
  it.each([
    ["of another curve", pemOf(p384.privateKey, "pkcs8"), /curve P-384, which cannot sign with ES256/],
    ["in SEC 1", pemOf(p256.privateKey, "sec1"), /EC PRIVATE KEY/],
    ["that is a public key", pemOf(p256.publicKey), /PUBLIC KEY/],
    [
      "without its lines",
      pemOf(p256.privateKey, "pkcs8").split("\n").slice(1, -2).join("\n"),
      /BEGIN PRIVATE KEY/,
    ],
    ["that is a word", "nonsense", /\.p8/],
  ])("is rejected %s", (_, privateKey, problem) => {
    expect(problems(privateKey)).toEqual([expect.stringMatching(problem)]);
  });
});

it("starts with a deployment of an older version whose key is not accepted any more, and lets others log in", async () => {
  expect(problemsOf(await save({ publicKey: rsaPem, algorithms: ["RS256"] }))).toEqual([]);
  await gateway.admin("mutation { deploy { version } }");
  const { reads, writes } = gateway.app.database;
  const [live] = await reads.find(DeploymentRecord, { order: { version: "DESC" }, take: 1 });
  if (!live) throw new Error("Nothing is live.");
  const shortPem = JSON.stringify(pemOf(shortRsa.publicKey));
  const providers = JSON.parse(
    JSON.stringify(live.providers).replace(JSON.stringify(rsaPem), () => shortPem),
  );
  const version = live.version + 1;
  const row = Object.assign(new DeploymentRecord(), live, { version, providers });
  await writes.transaction((manager) => insertRows(manager, { entity: DeploymentRecord, rows: [row] }));
  const older = await startGateway({ url: database.url });
  try {
    const answer = await older.graph(
      'mutation { loginAnonymous { user { id } } login(credentials: { jwt: { token: "a.b.c" } }) { user { id } } }',
    );
    expect(answer.data).toBeNull();
    expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
    expect((await older.graph("mutation { loginAnonymous { user { id } } }")).errors).toBeUndefined();
    // What is deployed from now on has to be right.
    const redeploy = (version: number): Promise<Answer> =>
      older.admin("mutation ($v: Int!) { redeploy(version: $v) { version } }", { variables: { v: version } });
    expect((await redeploy(live.version)).errors).toBeUndefined();
    expect((await redeploy(version)).errors?.[0]?.message).toMatch(/at least 2048 are required/);
  } finally {
    await older.stop();
  }
});
