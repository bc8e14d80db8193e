/** The Realm SDK's protocol is served or not, as REALM says. */
import { expect, it } from "@jest/globals";
import { endGatewaysAfterEach, newGateway } from "../support/new-gateway.ts";

endGatewaysAfterEach();

const paths = [
  "/api/client/v2.0/app/passerby/location",
  "/api/client/v2.0/app/passerby/auth/providers/anon-user/login",
  "/api/client/v2.0/auth/session",
  "/api/client/v2.0/logs",
];

it.each([
  ["off", [404, 404, 404, 404]],
  ["on", [200, 200, 401, 200]],
])(
  "with REALM=%s the protocol's routes answer accordingly, and the graph is there",
  async (realm, statuses) => {
    const gateway = await newGateway({ REALM: realm });
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const answers = await Promise.all(
      paths.map((path) => fetch(gateway.url + path, /location|logs/.test(path) ? {} : post)),
    );
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    if (realm === "off") {
      const preflight = await fetch(gateway.url + paths[1], {
        method: "OPTIONS",
        headers: { origin: "http://localhost:5173", "access-control-request-method": "DELETE" },
      });
      expect(preflight.headers.get("access-control-allow-methods")).not.toMatch(/DELETE/);
      expect(answers.every(({ headers }) => headers.get("x-content-type-options") === "nosniff")).toBe(true);
    }
    expect(
      (await gateway.graph("mutation { loginAnonymous { accessToken } }")).data.loginAnonymous,
    ).toBeTruthy();
  },
);
