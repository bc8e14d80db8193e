/** Passkeys over HTTP, with an authenticator in software, on both databases. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { type Algorithm, createKey, flag, type Key, register, use } from "../support/authenticator.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  loginAnonymously,
  me,
  mergeUser,
  refresh,
  startGateway,
} from "../support/gateway.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginByPasskey,
  loginOptions,
  loginWith,
  registrationOptions,
  requestRegistration,
  site,
} from "../support/passkeys.ts";

let keys = 0;
/** A step that needs a recent login. */
const recentStep = (gateway: Gateway, token: string): Promise<Answer> =>
  gateway.graph(`mutation { createApiKey(name: "key-${++keys}") { secret } }`, { token });

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    await deployProvider(gateway, "api-key", true);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  beforeEach(() => deployPasskeys(gateway));

  describe.each<Algorithm>(["ES256", "RS256", "EdDSA"])("with %s", (algorithm) => {
    it("makes a guest permanent with the same id and session, who logs in with it without a name", async () => {
      const key = createKey(algorithm);
      const guest = await loginAnonymously(gateway);
      const options = await registrationOptions(gateway, guest.accessToken, "Ada's phone");
      const linked = await linkWith(gateway, guest.accessToken, register(key, options, site));
      expect(linked.errors).toBeUndefined();
      const { user, session, refreshToken } = linked.data.linkIdentity;
      expect(user).toMatchObject({ id: guest.id, isAnonymous: false });
      expect(session.id).toBe(decodeJwt(guest.accessToken).sid);
      expect(refreshToken).not.toBe(guest.refreshToken);
      expect(user.identities).toContainEqual(
        expect.objectContaining({ provider: "passkey", name: "Ada's phone", canSignIn: true }),
      );
      gateway.clock.advance({ seconds: 60 });
      const { data, errors } = await loginByPasskey(gateway, key);
      expect(errors).toBeUndefined();
      expect(data.login.user.id).toBe(guest.id);
      const used = data.login.user.identities.find(({ provider }: never) => provider === "passkey");
      expect(new Date(used.lastUsedAt)).toEqual(gateway.clock.now());
    });
  });

  it("gives options that name the user, its passkeys and the algorithms, and for a login no passkey", async () => {
    const key = createKey();
    const owner = await createOwner(gateway, key);
    const registration = await registrationOptions(gateway, owner.accessToken, "Laptop");
    expect(registration).toMatchObject({
      rp: { id: site.rpId, name: "Shop" },
      user: { id: Buffer.from(owner.id).toString("base64url"), name: "Laptop" },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ alg, type: "public-key" })),
      attestation: "none",
      timeout: 300_000,
      excludeCredentials: [{ id: key.id, type: "public-key", transports: ["internal", "hybrid"] }],
      authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
    });
    const login = await loginOptions(gateway);
    expect(login).toMatchObject({ rpId: site.rpId, userVerification: "preferred", timeout: 300_000 });
    expect(login.allowCredentials ?? []).toEqual([]);
    const stored = JSON.stringify(await gateway.app.database.reads.query("SELECT * FROM login_flows"));
    for (const { challenge } of [registration, login]) {
      expect(challenge).toMatch(/^[\w-]{43}$/);
      expect(stored).not.toContain(challenge);
    }
  });

  it("tells login screens the relying party id", async () => {
    const { data } = await gateway.graph("{ authProviders { name rpId } }");
    expect(data.authProviders).toContainEqual({ name: "passkey", rpId: site.rpId });
    expect(data.authProviders).toContainEqual({ name: "anon-user", rpId: null });
  });

  it("offers a second device the merge with the user of its passkey, and merging leads there", async () => {
    const key = createKey();
    const owner = await createOwner(gateway, key);
    const guest = await loginAnonymously(gateway);
    gateway.clock.advance({ seconds: 60 });
    const response = use(key, await loginOptions(gateway), site);
    const conflict = (await linkWith(gateway, guest.accessToken, response)).data.linkIdentity;
    expect(conflict).toMatchObject({ __typename: "IdentityConflict", provider: "passkey" });
    const merged = (await mergeUser(gateway, guest.accessToken, conflict.mergeTicket)).data.mergeUser;
    expect(merged.user).toMatchObject({ id: owner.id, formerIds: [guest.id] });
    expect(codeOf(await recentStep(gateway, merged.accessToken))).toBeUndefined();
    const used = await gateway.graph("{ me { identities { provider lastUsedAt } } }", {
      token: merged.accessToken,
    });
    const { lastUsedAt } = used.data.me.identities.find(({ provider }: never) => provider === "passkey");
    expect(new Date(lastUsedAt)).toEqual(gateway.clock.now());
    expect((await loginByPasskey(gateway, key)).data.login.user.id).toBe(owner.id);
  });

  it("is IDENTITY_IN_USE for a permanent user, and no change for the owner", async () => {
    const [key, other] = [createKey(), createKey()];
    const owner = await createOwner(gateway, key);
    const stranger = await createOwner(gateway, other);
    const answer = async (token: string) =>
      linkWith(gateway, token, use(key, await loginOptions(gateway), site));
    expect(codeOf(await answer(stranger.accessToken))).toBe("IDENTITY_IN_USE");
    const own = await answer(owner.accessToken);
    expect(own.data.linkIdentity.user.identities).toHaveLength(2);
  });

  it("never offers a merge for a key registered under the credential id of another user", async () => {
    const victim = createKey();
    const owner = await createOwner(gateway, victim);
    const guest = await loginAnonymously(gateway);
    const forged: Key = { ...createKey(), id: victim.id };
    const options = await registrationOptions(gateway, guest.accessToken);
    const answer = await linkWith(gateway, guest.accessToken, register(forged, options, site));
    expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
    expect((await me(gateway, guest.accessToken)).data.me.isAnonymous).toBe(true);
    expect((await loginByPasskey(gateway, victim)).data.login.user.id).toBe(owner.id);
    expect(codeOf(await loginByPasskey(gateway, forged))).toBe("INVALID_CREDENTIALS");
  });

  it("gives one credential id that two guests register at the same time to one of them", async () => {
    const key = createKey();
    const answers = await Promise.all(
      [1, 2, 3].map(async () => {
        const { accessToken } = await loginAnonymously(gateway);
        const options = await registrationOptions(gateway, accessToken);
        return linkWith(gateway, accessToken, register({ ...key }, options, site));
      }),
    );
    expect(answers.map(codeOf).sort()).toEqual(["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", undefined]);
    expect(await countRows(gateway, "passkeys", `credential_id = '${key.id}'`)).toBe(1);
  });

  it("keeps several per user, each with its name; a deleted one no longer logs in, and its row is gone", async () => {
    const [phone, laptop] = [createKey(), createKey("EdDSA")];
    const owner = await createOwner(gateway, phone, "Phone");
    gateway.clock.advance({ seconds: 1 });
    const options = await registrationOptions(gateway, owner.accessToken, "Laptop");
    const { user } = (await linkWith(gateway, owner.accessToken, register(laptop, options, site))).data
      .linkIdentity;
    const passkeys = user.identities.filter(({ provider }: never) => provider === "passkey");
    expect(passkeys.map((each: { name: string }) => each.name)).toEqual(["Phone", "Laptop"]);
    const waiting = await loginOptions(gateway);
    const unlink = (identityId: string): Promise<Answer> =>
      gateway.graph("mutation ($i: ID!) { unlinkIdentity(identityId: $i) { id } }", {
        token: owner.accessToken,
        variables: { i: identityId },
      });
    expect((await unlink(passkeys[0].id)).errors).toBeUndefined();
    const users = await countRows(gateway, "users");
    expect(codeOf(await loginWith(gateway, use(phone, waiting, site)))).toBe("INVALID_CREDENTIALS");
    expect(await countRows(gateway, "users")).toBe(users);
    expect(await countRows(gateway, "passkeys", `credential_id = '${phone.id}'`)).toBe(0);
    expect((await loginByPasskey(gateway, laptop)).data.login.user.id).toBe(owner.id);
    expect(codeOf(await unlink(passkeys[1].id))).toBe("LAST_IDENTITY");
  });

  it("rejects a counter that does not grow, and stores the one of the last use and whether it is backed up", async () => {
    const key = createKey();
    await createOwner(gateway, key);
    const stored = async () => {
      const [row] = await gateway.app.database.reads.query(
        `SELECT counter, is_backed_up FROM passkeys WHERE credential_id = '${key.id}'`,
      );
      return [Number(row.counter), Boolean(row.is_backed_up)];
    };
    expect(await stored()).toEqual([0, true]);
    const eligible = flag.present | flag.verified | flag.backupEligible;
    expect(codeOf(await loginByPasskey(gateway, key, { counter: 7, flags: eligible }))).toBeUndefined();
    expect(await stored()).toEqual([7, false]);
    for (const counter of [7, 6, 0])
      expect(codeOf(await loginByPasskey(gateway, key, { counter }))).toBe("INVALID_CREDENTIALS");
    expect(await stored()).toEqual([7, false]);
    expect(codeOf(await loginByPasskey(gateway, key, { counter: 4_294_967_295 }))).toBeUndefined();
    expect(await stored()).toEqual([4_294_967_295, true]);
  });

  it("accepts one of ten simultaneous uses of the same counter", async () => {
    const key = createKey();
    await createOwner(gateway, key);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => loginByPasskey(gateway, key, { counter: 5 })),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === "INVALID_CREDENTIALS")).toHaveLength(9);
  });

  describe("a login without user verification", () => {
    const unverified = { flags: flag.present };
    it.each(["preferred", "discouraged"])(
      "is accepted where it is %s, and is no recent login",
      async (userVerification) => {
        await deployPasskeys(gateway, { userVerification });
        const key = createKey();
        await createOwner(gateway, key);
        const { accessToken, refreshToken } = (await loginByPasskey(gateway, key, unverified)).data.login;
        expect(codeOf(await recentStep(gateway, accessToken))).toBe("REAUTHENTICATION_REQUIRED");
        expect(codeOf(await requestRegistration(gateway, accessToken))).toBe("REAUTHENTICATION_REQUIRED");
        const next = (await refresh(gateway, refreshToken)).data.refreshSession;
        expect(codeOf(await recentStep(gateway, next.accessToken))).toBe("REAUTHENTICATION_REQUIRED");
        const verified = (await loginByPasskey(gateway, key)).data.login;
        expect(codeOf(await recentStep(gateway, verified.accessToken))).toBeUndefined();
      },
    );
    it("does not become a recent one by a merge", async () => {
      const key = createKey();
      await createOwner(gateway, key);
      const guest = await loginAnonymously(gateway);
      const response = use(key, await loginOptions(gateway), site, unverified);
      const { mergeTicket } = (await linkWith(gateway, guest.accessToken, response)).data.linkIdentity;
      const { accessToken } = (await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser;
      expect(codeOf(await recentStep(gateway, accessToken))).toBe("REAUTHENTICATION_REQUIRED");
    });
    it("is rejected where it is required, as is a registration", async () => {
      await deployPasskeys(gateway, { userVerification: "required" });
      const key = createKey();
      const guest = await loginAnonymously(gateway);
      const begin = () => registrationOptions(gateway, guest.accessToken);
      const rejected = register(key, await begin(), site, unverified);
      expect(codeOf(await linkWith(gateway, guest.accessToken, rejected))).toBe("INVALID_CREDENTIALS");
      const accepted = register(key, await begin(), site);
      expect(codeOf(await linkWith(gateway, guest.accessToken, accepted))).toBeUndefined();
      expect(codeOf(await loginByPasskey(gateway, key, unverified))).toBe("INVALID_CREDENTIALS");
    });
  });

  it("registers for a signed-in user only, under a name of bounded length, and 50 at most", async () => {
    expect(codeOf(await requestRegistration(gateway))).toBe("UNAUTHENTICATED");
    const key = createKey();
    const owner = await createOwner(gateway, key);
    for (const wrong of ["", " ", "x".repeat(101), "a\0b", "a\nb", "\ud800"]) {
      expect(codeOf(await requestRegistration(gateway, owner.accessToken, wrong))).toBe("BAD_USER_INPUT");
    }
    expect(codeOf(await requestRegistration(gateway, owner.accessToken, "x".repeat(100)))).toBeUndefined();
    const spare = await registrationOptions(gateway, owner.accessToken);
    for (let count = 1; count < 50; count++) {
      const options = await registrationOptions(gateway, owner.accessToken);
      const linked = await linkWith(gateway, owner.accessToken, register(createKey(), options, site));
      expect(codeOf(linked)).toBeUndefined();
    }
    const full = await requestRegistration(gateway, owner.accessToken);
    expect([codeOf(full), full.errors?.[0]?.message]).toEqual([
      "BAD_USER_INPUT",
      expect.stringContaining("50"),
    ]);
    const late = await linkWith(gateway, owner.accessToken, register(createKey(), spare, site));
    expect([codeOf(late), late.errors?.[0]?.message]).toEqual(["BAD_USER_INPUT", full.errors?.[0]?.message]);
    const ofOwner = `identity_id IN (SELECT id FROM identities WHERE user_id = '${owner.id}')`;
    expect(await countRows(gateway, "passkeys", ofOwner)).toBe(50);
  });

  it("needs a recent login of a permanent user before its authenticator is asked", async () => {
    const owner = await createOwner(gateway, createKey());
    gateway.clock.advance({ seconds: 3_600 });
    const { accessToken } = (await refresh(gateway, owner.refreshToken)).data.refreshSession;
    expect(codeOf(await requestRegistration(gateway, accessToken))).toBe("REAUTHENTICATION_REQUIRED");
  });

  it("shows the user's email in the list of accounts", async () => {
    const guest = await loginAnonymously(gateway);
    const linked = await linkEmail(gateway, guest.accessToken, "passkeys@example.com");
    const token = linked.data.linkIdentity.accessToken;
    expect((await registrationOptions(gateway, token, "Phone")).user.name).toBe("passkeys@example.com");
  });

  it("exports passkeys without their keys", async () => {
    const key = createKey();
    const owner = await createOwner(gateway, key, "Phone");
    const { data } = await gateway.graph("query { exportMe }", { token: owner.accessToken });
    const [passkey] = data.exportMe.passkeys;
    expect(passkey).toMatchObject({
      credentialId: key.id,
      transports: ["internal", "hybrid"],
      isBackedUp: true,
    });
    expect(passkey).not.toHaveProperty("publicKey");
    const named = data.exportMe.identities.find(({ name }: never) => name === "Phone");
    expect(named.id).toBe(passkey.identityId);
  });

  it("tells subscribers and the audit of the link", async () => {
    const { id } = await createOwner(gateway, createKey());
    const { data } = await gateway.admin(
      "query ($u: ID!) { auditEvents(filter: { userId: $u }) { edges { node { action provider } } } }",
      { variables: { u: id } },
    );
    expect(data.auditEvents.edges).toContainEqual({
      node: { action: "IDENTITY_LINKED", provider: "passkey" },
    });
  });
});
