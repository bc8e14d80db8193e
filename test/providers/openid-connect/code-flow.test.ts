/** Redirect flows whose provider does not do its part. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "jose";
import { type Answer, codeOf, startGateway } from "../../support/gateway.ts";
import { lies } from "../../support/lying-provider.ts";
import { openLyingStage, provider, REDIRECT, type Signature } from "../../support/lying-stage.ts";
import { completeOAuth, startOAuth } from "../../support/oauth.ts";

const stage = await openLyingStage();
const { gateway, databaseUrl, idp, deploy, sign, rejection } = stage;
afterEach(stage.tellTheTruth);
afterAll(stage.close);

describe("a redirect flow makes nothing when the provider's answer is", () => {
  beforeEach(() => deploy());

  const complete = async (): Promise<string | undefined> => {
    const started = await startOAuth(gateway, { provider, redirectUri: REDIRECT });
    const { state, url } = started.data.startOAuth;
    nonce = String(new URL(url).searchParams.get("nonce"));
    const code = await rejection(() => completeOAuth(gateway, { code: idp.code, state }));
    // Whatever it was, the state is used up.
    expect(codeOf(await completeOAuth(gateway, { code: idp.code, state }))).toBe("OAUTH_STATE_INVALID");
    return code;
  };
  let nonce = "";
  const answerWith = (claims: Record<string, unknown>, signature?: Signature): void => {
    idp.lies.token = (response) =>
      void sign({ sub: "eve", nonce, email: "eve@example.com", ...claims }, signature).then((id_token) =>
        lies.json({ access_token: "x", token_type: "Bearer", id_token })(response, response.req),
      );
  };

  it("right: then it makes a user", async () => {
    answerWith({ sub: "grace" });
    const started = await startOAuth(gateway, { provider, redirectUri: REDIRECT });
    const { state, url } = started.data.startOAuth;
    nonce = String(new URL(url).searchParams.get("nonce"));
    const { data } = await completeOAuth(gateway, { code: idp.code, state });
    expect(data.completeOAuth.user.isAnonymous).toBe(false);
  });
  it.each([
    ["a token with another nonce", { nonce: "n" }, "INVALID_CREDENTIALS"],
    ["a token without a nonce", { nonce: undefined }, "SERVICE_UNAVAILABLE"],
    ["a token for another audience", { aud: "other" }, "INVALID_CREDENTIALS"],
    ["a token of another issuer", { iss: "https://evil.example" }, "INVALID_CREDENTIALS"],
    ["a token that has expired", { exp: 1 }, "INVALID_CREDENTIALS"],
  ])("%s", async (_, claims, code) => {
    answerWith(claims);
    expect(await complete()).toBe(code);
  });
  it("a token with another signature", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    answerWith({}, { key: privateKey });
    expect(await complete()).toBe("INVALID_CREDENTIALS");
  });
  it.each([
    ["a rejected code", lies.json({}), "SERVICE_UNAVAILABLE"],
    ["no ID token", lies.json({ access_token: "x", token_type: "Bearer" }), "SERVICE_UNAVAILABLE"],
    ["a page", lies.page, "SERVICE_UNAVAILABLE"],
    ["an error", lies.error, "SERVICE_UNAVAILABLE"],
    ["nothing, ever", lies.silence, "SERVICE_UNAVAILABLE"],
  ])("%s", async (_, lie, code) => {
    idp.lies.token = lie;
    expect(await complete()).toBe(code);
  });
  it("right, but after a redirect or in half a megabyte", async () => {
    for (const lie of [lies.redirect, lies.huge]) {
      idp.lies.token = (response, request) =>
        void sign({ sub: "eve", nonce }).then((id_token) => {
          const honest = { access_token: "x", token_type: "Bearer", id_token };
          const isMoved = String(request.url).startsWith("/moved");
          (isMoved ? lies.json(honest) : lie)(response, request, honest);
        });
      expect(await complete()).toBe("SERVICE_UNAVAILABLE");
    }
  });
  it.each([
    ["invalid_grant", "INVALID_CREDENTIALS"],
    ["invalid_client", "SERVICE_UNAVAILABLE"],
  ])("the error %s", async (error, code) => {
    idp.lies.token = (response) => {
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    };
    expect(await complete()).toBe(code);
  });
  it("the UserInfo of another user", async () => {
    answerWith({ email: undefined });
    idp.lies.userinfo = lies.json({ sub: "mallory", email: "boss@example.com" });
    expect(await complete()).toBe("SERVICE_UNAVAILABLE");
  });
});

it("counts failed completions and starts against limits, by address", async () => {
  const limited = await startGateway({
    url: databaseUrl,
    clock: gateway.clock,
    settings: { RATE_LIMITS: "failedLogins=3/300,oauthStarts=2/600" },
  });
  try {
    const complete = (): Promise<Answer> => completeOAuth(limited, { code: "x", state: "made up" });
    for (let i = 0; i < 3; i++) expect(codeOf(await complete())).toBe("OAUTH_STATE_INVALID");
    expect(codeOf(await complete())).toBe("RATE_LIMITED");
    const start = (): Promise<Answer> => startOAuth(limited, { provider, redirectUri: REDIRECT });
    expect([codeOf(await start()), codeOf(await start()), codeOf(await start())]).toEqual([
      undefined,
      undefined,
      "RATE_LIMITED",
    ]);
  } finally {
    await limited.stop();
  }
});
