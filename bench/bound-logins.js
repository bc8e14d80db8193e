import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { writeRequest } from "./harness/connection.js";
import { compare } from "./harness/rounds.js";
import { startGateway } from "./subjects/gateway.js";
import { LOGIN, logins } from "./subjects/graph-requests.js";

/** More than a gateway answers per second. Every login has a proof of its own. */
const LOGINS_PER_SECOND = 3_000;
/** More than the gateway remembers, so that every login brings a key that it does not know. */
const CLIENTS = 2_500;
const PUBLIC_URL = "http://127.0.0.1";

/** @type {import("./harness/table.js").Benchmark} */
export const boundLogins = {
  name: "bound-logins",
  asks: "what does it cost an anonymous login to bind its session to a key (DPoP)?",
  async measure(stage) {
    const count = LOGINS_PER_SECOND * stage.options.seconds;
    const subjects = [
      { name: "gateway", server: await startGateway(stage), scenario: logins() },
      {
        name: "with DPoP",
        server: await startGateway(stage, { env: { PUBLIC_URL } }),
        scenario: boundScenario(count),
      },
    ];
    return compare(stage, subjects, [{ of: "with DPoP", to: "gateway", atLeast: 0.85 }]);
  },
};

/**
 * Proofs are valid for a minute, so each measurement gets new ones, which are made before it starts.
 * @returns {import("./harness/load.js").Repeat}
 */
function boundScenario(/** @type {number} */ count) {
  const clients = Array.from({ length: CLIENTS }, () => generateKeyPairSync("ec", { namedCurve: "P-256" }));
  return {
    kind: "repeat",
    get requests() {
      return Array.from({ length: count }, (_, index) =>
        writeRequest({
          path: "/graphql",
          headers: { dpop: createProof(clients[index % CLIENTS]) },
          body: { query: LOGIN },
        }),
      );
    },
    expect: '"refreshToken":"',
  };
}

const encode = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function createProof(/** @type {import("node:crypto").KeyPairKeyObjectResult} */ { publicKey, privateKey }) {
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { jti: randomUUID(), htm: "POST", htu: `${PUBLIC_URL}/graphql`, iat };
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}
