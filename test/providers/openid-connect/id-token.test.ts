/** ID tokens: who gets in with one, and who does not. */
import { createHash } from "node:crypto";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { exportSPKI, generateKeyPair } from "jose";
import { codeOf, loginAnonymously, me } from "../../support/gateway.ts";
import { openLyingStage, provider } from "../../support/lying-stage.ts";
import { linkIdToken, mergeUser } from "../../support/oauth.ts";

const stage = await openLyingStage();
const { gateway, idp, sign, login, rejection } = stage;
afterEach(stage.tellTheTruth);
afterAll(stage.close);

describe("a right ID token", () => {
  it("logs in, links, and offers the merge if it belongs to another user", async () => {
    const owner = (await login(await sign({ email: "Ada@Example.com", email_verified: "true" }))).data.login
      .user;
    expect(owner.identities).toEqual([
      { provider, subject: `${idp.issuer}#ada`, email: "ada@example.com", emailVerified: true },
    ]);
    const guest = await loginAnonymously(gateway);
    const token = await sign({ sub: "bob", email: "ada@example.com", email_verified: false });
    const linked = (await linkIdToken(gateway, guest.accessToken, { provider, token })).data.linkIdentity;
    expect(linked.user).toMatchObject({ id: guest.id, isAnonymous: false });
    const other = await loginAnonymously(gateway);
    const conflict = (await linkIdToken(gateway, other.accessToken, { provider, token })).data.linkIdentity;
    expect(conflict.__typename).toBe("IdentityConflict");
    expect((await me(gateway, other.accessToken)).data.me.isAnonymous).toBe(true);
    const merged = await mergeUser(gateway, other.accessToken, conflict.mergeTicket);
    expect(merged.data.mergeUser.user).toMatchObject({ id: guest.id, formerIds: [other.id] });
  });
  it("keeps the email that the provider does not say again", async () => {
    await login(await sign({ sub: "emil", email: "emil@example.com" }));
    const { user } = (await login(await sign({ sub: "emil" }))).data.login;
    expect(user.identities[0].email).toBe("emil@example.com");
  });
  it.each([
    ["several audiences and an `azp` of ours", { aud: ["app", "other"], azp: "app" }],
    ["one audience in a list", { aud: ["app"] }],
    ["one audience, asked for by another app of ours", { azp: "android" }],
    ["an expiry within the clock skew", { exp: Math.floor(Date.now() / 1_000) - 50 }],
  ])("may have %s", async (_, claims) => {
    expect((await login(await sign(claims))).errors).toBeUndefined();
  });
});

describe("a nonce", () => {
  const hashed = createHash("sha256").update("n-1").digest("hex");
  it.each([
    ["in both, the same", "n-1", "n-1", undefined],
    ["in both, hashed as SDKs on phones do", hashed, "n-1", undefined],
    ["in neither", undefined, undefined, undefined],
    ["in both, different", "n-1", "n-2", "INVALID_CREDENTIALS"],
    ["in the token alone", "n-1", undefined, "INVALID_CREDENTIALS"],
    ["sent alone", undefined, "n-1", "INVALID_CREDENTIALS"],
    ["sent hashed, for one that is not", "n-1", hashed, "INVALID_CREDENTIALS"],
    ["sent empty, for one that is there", "n-1", "", "INVALID_CREDENTIALS"],
  ])("%s", async (_, inToken, sent, code) => {
    expect(codeOf(await login(await sign({ nonce: inToken }), sent))).toBe(code);
  });
});

describe("a wrong ID token is INVALID_CREDENTIALS and makes nothing:", () => {
  const now = Math.floor(Date.now() / 1_000);
  it.each([
    ["another issuer", { iss: "https://evil.example" }],
    ["another audience", { aud: "other" }],
    ["no audience", { aud: undefined }],
    ["several audiences and no `azp`", { aud: ["app", "other"] }],
    ["several audiences and a foreign `azp`", { aud: ["app", "other"], azp: "other" }],
    ["expired", { exp: now - 3_600 }],
    ["no expiry", { exp: undefined }],
    ["not valid yet", { nbf: now + 3_600 }],
    ["no time of issue", { iat: undefined }],
    ["no subject", { sub: undefined }],
    ["an empty subject", { sub: "" }],
    ["a subject that is not a string", { sub: 7 }],
    ["a subject with NUL", { sub: "a\0b" }],
    ["a subject without end", { sub: "x".repeat(2_000) }],
  ])("%s", async (_, claims) => {
    const token = await sign({ sub: "eve", ...claims });
    expect(await rejection(() => login(token))).toBe("INVALID_CREDENTIALS");
  });

  it("signed with another key, with no algorithm, or with the public key as a secret", async () => {
    const stranger = await generateKeyPair("RS256");
    const pem = new TextEncoder().encode(await exportSPKI(idp.publicKey));
    const right = await sign({ sub: "eve" });
    const [header, payload] = right.split(".");
    const wrong = [
      await sign({ sub: "eve" }, { key: stranger.privateKey }),
      await sign({ sub: "eve" }, { key: pem, alg: "HS256" }),
      `${btoa('{"alg":"none","kid":"one"}').replaceAll("=", "")}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}x.${right.split(".")[2]}`,
      right.slice(0, -4),
      "",
      "a.b.c",
      "\0",
      "x".repeat(70_000),
    ];
    for (const token of wrong) expect(await rejection(() => login(token))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await login(right))).toBeUndefined();
  });
});
