import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { writeRequest } from "./harness/connection.js";
import { compare } from "./harness/rounds.js";
import { startGateway } from "./subjects/gateway.js";
import { LOGIN, logins } from "./subjects/graph-requests.js";

/** More than a gateway answers per second. Every login has a key and a proof of its own. */
const CLIENTS_PER_SECOND = 5_000;
const PUBLIC_URL = "http://127.0.0.1";

/** @type {import("./harness/table.js").Benchmark} */
export const boundLogins = {
  name: "bound-logins",
  asks: "what does it cost an anonymous login to bind its session to a key (DPoP)?",
  async measure(stage) {
    const clients = CLIENTS_PER_SECOND * stage.options.seconds;
    const subjects = [
      { name: "gateway", server: await startGateway(stage), scenario: logins() },
      {
        name: "with DPoP",
        server: await startGateway(stage, { env: { PUBLIC_URL } }),
        scenario: boundScenario(clients),
      },
    ];
    return compare(stage, subjects, [{ of: "with DPoP", to: "gateway", atLeast: 0.85 }]);
  },
};

/**
 * Proofs are valid for a minute, so each measurement gets new ones, which are made before it starts.
 * @returns {import("./harness/load.js").Repeat}
 */
const boundScenario = (/** @type {number} */ count) => ({
  kind: "repeat",
  get requests() {
    return Array.from({ length: count }, () =>
      writeRequest({ path: "/graphql", headers: { dpop: createProof() }, body: { query: LOGIN } }),
    );
  },
  expect: '"refreshToken":"',
});

const encode = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function createProof() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { jti: randomUUID(), htm: "POST", htu: `${PUBLIC_URL}/graphql`, iat };
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}
