/** A gateway, a client with a key, and a server that verifies the proofs of its requests. */
import { expect, it } from "@jest/globals";
import { AccessTokenError, createVerifier } from "../../src/subgraph/index.ts";
import { signProof } from "../../src/testing/proofs.ts";
import { createKeyClient } from "../support/dpop.ts";
import { endGatewaysAfterEach, newGateway } from "../support/new-gateway.ts";

endGatewaysAfterEach();

const url = "https://shop.example/graphql";

it("takes the gateway's bound tokens with a proof, with each way of checking revocation, and not without", async () => {
  const gateway = await newGateway({ INITIAL_PROVIDERS: "anon-user,api-key" });
  const { data: created } = await gateway.admin('mutation { createServerApiKey(name: "shop") { secret } }');
  const client = createKeyClient(gateway);
  const { data } = await client.graph("mutation { loginAnonymous { user { id } accessToken } }");
  const { user, accessToken: token } = data.loginAnonymous;
  for (const revocation of ["none", "list", "introspection"] as const) {
    const verify = createVerifier({
      issuer: "http://localhost:4000",
      gatewayUrl: gateway.url,
      clock: gateway.clock.now,
      revocation,
      serviceKey: created.createServerApiKey.secret,
    });
    const proof = signProof(client.key, { method: "POST", url, token, at: gateway.clock.now() });
    const request = { scheme: "DPoP", proof, method: "POST", url } as const;
    const claims = await verify(token, request);
    expect([claims.sub, claims.cnf?.jkt]).toEqual([user.id, client.key.thumbprint]);
    for (const given of [undefined, { ...request, scheme: "Bearer" as const }, { ...request, proof: null }]) {
      const error: unknown = await verify(token, given).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AccessTokenError);
      expect((error as AccessTokenError).code).toBe("PROOF_INVALID");
      expect(String((error as AccessTokenError).cause)).not.toContain(token);
    }
  }
});
