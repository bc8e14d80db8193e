/** What Google, Apple and Facebook do otherwise than others, against a provider that stands in for them. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { systemClock } from "../../../src/clock.ts";
import type { Provider } from "../../../src/identity/provider.ts";
import { applePreset } from "../../../src/providers/oauth2-apple.ts";
import { facebookPreset } from "../../../src/providers/oauth2-facebook.ts";
import { googlePreset } from "../../../src/providers/oauth2-google.ts";
import { makeOpenidProvider } from "../../../src/providers/openid-connect/provider.ts";
import { type LyingProvider, lies, startLyingProvider } from "../../support/lying-provider.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";
let idp: LyingProvider;
const appleKey = await generateKeyPair("ES256", { extractable: true });
const privateKey = await exportPKCS8(appleKey.privateKey);

beforeAll(async () => {
  idp = await startLyingProvider(REDIRECT);
});
afterAll(() => idp.stop());

const sign = (claims: object): Promise<string> => idp.signIdToken({ sub: "1", ...claims }, systemClock.now());
const verify = <S>(
  provider: Provider<{ token: string; nonce?: string | null }, S>,
  settings: S,
  token: string,
) =>
  provider.verify(
    {
      settings,
      reads: null as never,
      emails: null as never,
      deleteIdentities: null as never,
      countRegistration: null as never,
      clock: systemClock,
      purpose: "login",
      linkingUserId: null,
      challenge: null,
      codeEmail: null,
      findEmailOwner: null as never,
      claimEmail: null as never,
    },
    { token },
  );
const problems = (settings: Provider["settings"], given: object): string[] =>
  (settings.safeParse(given).error?.issues ?? []).map((issue) => issue.path.join("."));

describe("Google", () => {
  const google = makeOpenidProvider({ ...googlePreset, issuerOf: () => idp.issuer });
  const settings = googlePreset.settings.parse({ clientIds: ["app"] });

  it("is also issuer under its name without https", async () => {
    expect(await verify(google, settings, await sign({ iss: "accounts.google.com" }))).toMatchObject({
      subject: "1",
    });
    await expect(verify(google, settings, await sign({ iss: "accounts.evil.com" }))).rejects.toMatchObject({
      code: "INVALID_CREDENTIALS",
    });
  });
  it("lets in only verified emails of its domains, when there are any", async () => {
    const limited = googlePreset.settings.parse({ clientIds: ["app"], emailDomains: ["Example1.com"] });
    const of = async (claims: object) => verify(google, limited, await sign(claims));
    expect(await of({ email: "Joe.Mango@EXAMPLE1.com", email_verified: true })).toMatchObject({
      subject: "1",
    });
    for (const claims of [
      {},
      { email: "joe@example1.com" },
      { email: "joe@example1.com", email_verified: false },
      { email: "joe@example3.com", email_verified: true },
      { email: "joe@sub.example1.com", email_verified: true },
      { email: "joe@example1.com@example3.com", email_verified: true },
      { email: "example1.com", email_verified: false },
      { hd: "example1.com" },
    ]) {
      await expect(of(claims)).rejects.toMatchObject({ code: "INVALID_CREDENTIALS" });
    }
    expect(problems(googlePreset.settings, { clientIds: ["app"], emailDomains: ["@example.com"] })).toEqual([
      "emailDomains.0",
    ]);
  });
  it("fills the profile by paths into the token", async () => {
    const mapped = googlePreset.settings.parse({
      clientIds: ["app"],
      profileClaims: { given_name: "first_name", "address.country": "country" },
    });
    const token = await sign({ given_name: "Ada", address: { country: "GB" } });
    expect((await verify(google, mapped, token)).profile).toEqual({ first_name: "Ada", country: "GB" });
  });
  it("wants a secret for the redirect flow, and none for ID tokens", () => {
    expect(problems(googlePreset.settings, { clientIds: ["app"] })).toEqual([]);
    expect(problems(googlePreset.settings, { clientIds: ["app"], redirectUris: [REDIRECT] })).toEqual([
      "clientSecret",
    ]);
  });
});

describe("Apple", () => {
  const apple = makeOpenidProvider({ ...applePreset, issuerOf: () => idp.issuer });
  const given = {
    clientIds: ["app"],
    teamId: "TEAM567890",
    keyId: "KEY4567890",
    privateKey,
    redirectUris: [REDIRECT],
  };
  const flow = {
    clock: systemClock,
    redirectUri: REDIRECT,
    state: "s",
    nonce: "n",
    codeVerifier: "v".repeat(43),
  };

  it("says as text whether an email is verified", async () => {
    const settings = applePreset.settings.parse(given);
    const token = (verified: string) =>
      sign({ email: "A@Privaterelay.appleid.com", email_verified: verified });
    expect(await verify(apple, settings, await token("true"))).toMatchObject({
      email: "a@privaterelay.appleid.com",
      emailVerified: true,
    });
    expect(await verify(apple, settings, await token("false"))).toMatchObject({ emailVerified: false });
    expect(await verify(apple, settings, await token("perhaps"))).toMatchObject({ emailVerified: null });
  });
  it("gets a client secret that the operator's key has just signed", async () => {
    const settings = applePreset.settings.parse(given);
    let secret = "";
    idp.lies.token = async (response, request) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      secret = String(new URLSearchParams(Buffer.concat(chunks).toString()).get("client_secret"));
      const id_token = await sign({ nonce: flow.nonce });
      lies.json({ access_token: "x", token_type: "Bearer", id_token })(response, request);
    };
    const verified = await apple.redirect?.finish({ ...flow, settings }, { code: idp.code, issuer: null });
    expect(verified).toMatchObject({ subject: "1" });
    const { payload, protectedHeader } = await jwtVerify(secret, appleKey.publicKey);
    expect(protectedHeader).toEqual({ alg: "ES256", kid: "KEY4567890" });
    expect(payload).toMatchObject({ iss: "TEAM567890", sub: "app", aud: "https://appleid.apple.com" });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
  });
  it("posts its answer as soon as it is asked about the person, and not before", async () => {
    const modeFor = async (scopes?: string[]): Promise<string | null | undefined> => {
      const settings = applePreset.settings.parse({ ...given, ...(scopes && { scopes }) });
      const url = await apple.redirect?.start({ ...flow, settings });
      return url && new URL(url).searchParams.get("response_mode");
    };
    expect(await modeFor()).toBeNull();
    expect(await modeFor(["openid", "email"])).toBe("form_post");
  });
  it("wants team, key and private key for the redirect flow, and the key to be one", async () => {
    const { privateKey: rsa } = await generateKeyPair("RS256", { extractable: true });
    expect(problems(applePreset.settings, { clientIds: ["app"] })).toEqual([]);
    expect(problems(applePreset.settings, { clientIds: ["app"], redirectUris: [REDIRECT] })).toEqual([
      "teamId",
      "keyId",
      "privateKey",
    ]);
    for (const wrong of ["nonsense", await exportPKCS8(rsa)]) {
      expect(problems(applePreset.settings, { ...given, privateKey: wrong })).toEqual(["privateKey"]);
    }
  });
});

describe("Facebook", () => {
  const preset = { ...facebookPreset, issuerOf: () => "https://www.facebook.com" };

  it("is asked for keys alone, and has no redirect flow", async () => {
    const facebook = makeOpenidProvider({ ...preset, keysUrl: `${idp.issuer}/keys` });
    const settings = facebookPreset.settings.parse({ clientIds: ["app"] });
    const before = idp.requests.get("/.well-known/openid-configuration");
    const token = await sign({ iss: "https://www.facebook.com" });
    expect(await verify(facebook, settings, token)).toMatchObject({ subject: "1", email: null });
    expect(idp.requests.get("/.well-known/openid-configuration")).toBe(before);
    expect(facebook.redirect).toBeUndefined();
  });
});
