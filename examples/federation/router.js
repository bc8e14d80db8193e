/** The router: composes the subgraphs, verifies tokens with the gateway's keys, and forwards them. */
import { once } from "node:events";
import { createServer } from "node:http";
import { composeServices } from "@apollo/composition";
import {
  createGatewayRuntime,
  createRemoteJwksSigningKeyProvider,
  extractFromHeader,
  useJWT,
} from "@graphql-hive/gateway";
import { parse } from "graphql";

/** @param {{ name: string, url: string }[]} subgraphs */
export async function compose(subgraphs) {
  const services = await Promise.all(
    subgraphs.map(async ({ name, url }) => ({ name, url, typeDefs: parse(await readSdl(url)) })),
  );
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) throw new Error(errors.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

async function readSdl(url) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
  });
  return (await response.json()).data._service.sdl;
}

export async function startRouter({ subgraphs, issuer, gatewayUrl, port }) {
  const runtime = createGatewayRuntime({
    supergraph: await compose(subgraphs),
    // Each deleted author would be an error in the log; clients get the error too.
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, context }) => ({
        authorization: request.headers.get("authorization"),
        "user-agent": request.headers.get("user-agent"),
        // The gateway's rate limits use the client address; TRUST_PROXY makes it trust this header.
        "x-forwarded-for": context.req.socket.remoteAddress,
      }),
    },
    plugins: () => [
      useJWT({
        signingKeyProviders: [
          createRemoteJwksSigningKeyProvider({ jwksUri: `${gatewayUrl}/.well-known/jwks.json` }),
        ],
        tokenLookupLocations: [extractFromHeader({ name: "authorization", prefix: "Bearer" })],
        tokenVerification: { issuer, audience: issuer, algorithms: ["ES256"] },
        // Requests without a token are allowed, for anonymous login.
        reject: { missingToken: false, invalidToken: true },
      }),
    ],
  });
  const server = createServer(runtime).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await runtime[Symbol.asyncDispose]();
    },
  };
}
