/** Redirect flows through a real provider, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  me,
  startGateway,
} from "../../support/gateway.ts";
import { type IdentityProvider, startIdentityProvider } from "../../support/identity-provider.ts";
import { completeOAuth, deployProvider, mergeUser, realTimeClock, startOAuth } from "../../support/oauth.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";
const provider = "company";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let idp: IdentityProvider;
  let people = 0;
  const newPerson = (): string => `person${++people}`;

  beforeAll(async () => {
    database = await createDatabase(name);
    [gateway, idp] = await Promise.all([
      startGateway({ url: database.url, clock: realTimeClock() }),
      startIdentityProvider(REDIRECT),
    ]);
    await deploy({});
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), idp.stop()]);
    await database.drop();
  });

  const deploy = (more: object): Promise<void> =>
    deployProvider(gateway, {
      name: provider,
      type: "oidc",
      settings: { ...idp.settings, profileClaims: { given_name: "firstName" }, ...more },
    });
  const begin = async (token?: string): Promise<{ url: string; state: string }> => {
    const answer = await startOAuth(
      gateway,
      { provider, redirectUri: REDIRECT, link: token !== undefined },
      token,
    );
    expect(answer.errors).toBeUndefined();
    return answer.data.startOAuth;
  };
  const loginAs = async (person: string): Promise<Answer> =>
    completeOAuth(gateway, await idp.visit((await begin()).url, person));

  it("logs a stranger in as a new user, and the same person again as that user", async () => {
    const person = newPerson();
    const { data } = await loginAs(person);
    expect(data.completeOAuth.user).toMatchObject({
      isAnonymous: false,
      profile: { firstName: person },
      identities: [
        {
          provider,
          subject: `${idp.issuer}#${person}`,
          email: `${person}@example.com`,
          emailVerified: false,
        },
      ],
    });
    expect((await loginAs(person)).data.completeOAuth.user.id).toBe(data.completeOAuth.user.id);
    expect((await loginAs(newPerson())).data.completeOAuth.user.id).not.toBe(data.completeOAuth.user.id);
  });

  it("links to an anonymous user, whose id and session stay, and gives the next refresh token", async () => {
    const guest = await loginAnonymously(gateway);
    const back = await idp.visit((await begin(guest.accessToken)).url, newPerson());
    const linked = (await completeOAuth(gateway, back, guest.accessToken)).data.completeOAuth;
    expect(linked.user).toMatchObject({ id: guest.id, isAnonymous: false });
    expect(linked.session.id).toBe(decodeJwt(guest.accessToken).sid);
    expect(linked.refreshToken).not.toBe(guest.refreshToken);
    expect((await me(gateway, guest.accessToken)).data.me.isAnonymous).toBe(false);
  });

  it("never takes an email for a proof: a user with the same one stays another user", async () => {
    const person = newPerson();
    const registered = await gateway.graph(
      `mutation { registerEmailPassword(email: "${person}@example.com", password: "correct horse") { email } }`,
    );
    expect(registered.errors).toBeUndefined();
    const { user } = (await loginAs(person)).data.completeOAuth;
    expect(user.identities).toHaveLength(1);
    const login = await gateway.graph(
      `mutation { login(credentials: { emailPassword: { email: "${person}@example.com", password: "correct horse" } }) { user { id } } }`,
    );
    expect(login.data.login.user.id).not.toBe(user.id);
  });

  it("offers the merge where the person has a user, and merging keeps both sign-in methods and the old id", async () => {
    const person = newPerson();
    const owner = (await loginAs(person)).data.completeOAuth.user;
    const guest = await loginAnonymously(gateway);
    const back = await idp.visit((await begin(guest.accessToken)).url, person);
    const conflict = (await completeOAuth(gateway, back, guest.accessToken)).data.completeOAuth;
    expect(conflict).toMatchObject({ __typename: "IdentityConflict", provider });
    expect((await me(gateway, guest.accessToken)).data.me).toMatchObject({ id: guest.id, isAnonymous: true });
    const merged = (await mergeUser(gateway, guest.accessToken, conflict.mergeTicket)).data.mergeUser;
    expect(merged.user).toMatchObject({ id: owner.id, formerIds: [guest.id] });
  });

  it("stores the state as its hash alone, and neither nonce nor verifier", async () => {
    const { url, state } = await begin();
    expect(state).toMatch(/^[\w-]{43}$/);
    const parameters = new URL(url).searchParams;
    expect(Object.fromEntries(parameters)).toMatchObject({
      state,
      response_type: "code",
      redirect_uri: REDIRECT,
      code_challenge_method: "S256",
      scope: "openid email profile",
    });
    const rows = JSON.stringify(await gateway.app.database.reads.query("SELECT * FROM login_flows"));
    expect(rows).toContain(provider);
    for (const secret of [state, parameters.get("nonce")]) expect(rows).not.toContain(secret);
  });

  it("lets one of twenty completions of the same state through, and makes one user", async () => {
    const before = await countRows(gateway, "users");
    const back = await idp.visit((await begin()).url, newPerson());
    const answers = await Promise.all(Array.from({ length: 20 }, () => completeOAuth(gateway, back)));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === "OAUTH_STATE_INVALID")).toHaveLength(19);
    expect(await countRows(gateway, "users")).toBe(before + 1);
  });

  it("creates one user for two simultaneous first logins", async () => {
    const person = newPerson();
    const backs = await Promise.all(
      Array.from({ length: 5 }, async () => idp.visit((await begin()).url, person)),
    );
    const answers = await Promise.all(backs.map((back) => completeOAuth(gateway, back)));
    expect(new Set(answers.map((answer) => answer.data?.completeOAuth?.user.id)).size).toBe(1);
  });

  it("gives an identity that two guests link at the same time to one, and offers the other the merge", async () => {
    const person = newPerson();
    const guests = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
    const answers = await Promise.all(
      guests.map(async ({ accessToken }) => {
        const back = await idp.visit((await begin(accessToken)).url, person);
        return completeOAuth(gateway, back, accessToken);
      }),
    );
    const outcomes = answers.map((answer) => answer.data.completeOAuth.__typename);
    expect(outcomes.sort()).toEqual(["AuthPayload", "IdentityConflict"]);
  });

  it("is completed by any gateway of the database", async () => {
    const other = await startGateway({ url: database.url, clock: gateway.clock });
    const back = await idp.visit((await begin()).url, newPerson());
    const answer = await completeOAuth(other, back).finally(() => other.stop());
    expect(answer.errors).toBeUndefined();
  });

  describe("rejects a state with OAUTH_STATE_INVALID, and makes nothing,", () => {
    let rows: number[];
    const count = (): Promise<number[]> =>
      Promise.all(["users", "identities", "sessions"].map((table) => countRows(gateway, table)));
    const expectRejection = async (answer: Promise<Answer>): Promise<void> => {
      rows = await count();
      expect(codeOf(await answer)).toBe("OAUTH_STATE_INVALID");
      expect(await count()).toEqual(rows);
    };

    it("that was used", async () => {
      const back = await idp.visit((await begin()).url, newPerson());
      expect((await completeOAuth(gateway, back)).errors).toBeUndefined();
      await expectRejection(completeOAuth(gateway, back));
    });
    it("that is cut, longer, empty or made up", async () => {
      const back = Object.fromEntries((await idp.visit((await begin()).url, newPerson())).searchParams);
      const state = String(back.state);
      for (const wrong of [state.slice(0, -1), `${state}A`, "", "A".repeat(43), "\0"]) {
        await expectRejection(completeOAuth(gateway, { ...back, state: wrong } as Record<string, string>));
      }
      expect((await completeOAuth(gateway, back as Record<string, string>)).errors).toBeUndefined();
    });
    it("from the second at which ten minutes have passed", async () => {
      const [early, late] = [await begin(), await begin()];
      const [soon, over] = [await idp.visit(early.url, newPerson()), await idp.visit(late.url, newPerson())];
      gateway.clock.advance({ seconds: 599 });
      expect((await completeOAuth(gateway, soon)).errors).toBeUndefined();
      gateway.clock.advance({ seconds: 1 });
      await expectRejection(completeOAuth(gateway, over));
    });
    it("of a link in another session, or in none, and leaves it to its own", async () => {
      const [guest, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const back = await idp.visit((await begin(guest.accessToken)).url, newPerson());
      await expectRejection(completeOAuth(gateway, back, other.accessToken));
      await expectRejection(completeOAuth(gateway, back));
      expect((await me(gateway, other.accessToken)).data.me.isAnonymous).toBe(true);
      expect((await completeOAuth(gateway, back, guest.accessToken)).data.completeOAuth.user.id).toBe(
        guest.id,
      );
    });
    it("of a link whose session has ended: it cannot be used any more", async () => {
      const guest = await loginAnonymously(gateway);
      const back = await idp.visit((await begin(guest.accessToken)).url, newPerson());
      await gateway.graph("mutation { logout { sessionsEnded } }", { token: guest.accessToken });
      expect(codeOf(await completeOAuth(gateway, back, guest.accessToken))).toBe("UNAUTHENTICATED");
      await expectRejection(completeOAuth(gateway, back));
    });
    it("that began under other settings; the old settings deployed again are the same settings", async () => {
      const [one, two] = [await begin(), await begin()];
      const backs = [await idp.visit(one.url, newPerson()), await idp.visit(two.url, newPerson())] as const;
      const { data } = await gateway.admin("{ deployments(first: 1) { edges { node { version } } } }");
      await deploy({ displayName: "The company" });
      await expectRejection(completeOAuth(gateway, backs[0]));
      const { version } = data.deployments.edges[0].node;
      await gateway.admin(`mutation { redeploy(version: ${version}) { version } }`);
      expect((await completeOAuth(gateway, backs[1])).errors).toBeUndefined();
    });
  });

  it("is PROVIDER_DISABLED in both doors once the provider is off", async () => {
    const back = await idp.visit((await begin()).url, newPerson());
    await deployProvider(gateway, { name: provider, enabled: false });
    expect(codeOf(await completeOAuth(gateway, back))).toBe("PROVIDER_DISABLED");
    expect(codeOf(await startOAuth(gateway, { provider, redirectUri: REDIRECT }))).toBe("PROVIDER_DISABLED");
    await deployProvider(gateway, { name: provider });
    expect((await completeOAuth(gateway, back)).errors).toBeUndefined();
  });

  it.each([
    "http://127.0.0.1:3000/callback/",
    "http://127.0.0.1:3000/Callback",
    "http://127.0.0.1:3000/callback?x=1",
    "http://127.0.0.1:3000/callback#",
    "https://127.0.0.1:3000/callback",
    "http://127.0.0.1:3000/x/../callback",
    "javascript:alert(1)",
    "",
  ])("rejects the redirect URI %j", async (redirectUri) => {
    const before = await countRows(gateway, "login_flows");
    expect(codeOf(await startOAuth(gateway, { provider, redirectUri }))).toBe("REDIRECT_URI_NOT_ALLOWED");
    expect(await countRows(gateway, "login_flows")).toBe(before);
  });

  it("needs a user to link to, an existing provider, and one with a redirect flow", async () => {
    const redirectUri = REDIRECT;
    expect(codeOf(await startOAuth(gateway, { provider, redirectUri, link: true }))).toBe("UNAUTHENTICATED");
    expect(codeOf(await startOAuth(gateway, { provider: "unknown", redirectUri }))).toBe(
      "PROVIDER_NOT_FOUND",
    );
    expect(codeOf(await startOAuth(gateway, { provider: "oidc", redirectUri }))).toBe("PROVIDER_NOT_FOUND");
    expect(codeOf(await startOAuth(gateway, { provider: "anon-user", redirectUri }))).toBe("BAD_USER_INPUT");
    await deployProvider(gateway, { name: "oauth2-facebook", settings: { clientIds: ["1"] } });
    const facebook = await startOAuth(gateway, { provider: "oauth2-facebook", redirectUri });
    expect(codeOf(facebook)).toBe("BAD_USER_INPUT");
    expect(facebook.errors?.[0]?.message).toContain("no redirect flow");
  });

  it("rejects an answer of another provider, or without a name where one is announced", async () => {
    for (const iss of ["https://evil.example", null]) {
      const back = await idp.visit((await begin()).url, newPerson());
      if (iss) back.searchParams.set("iss", iss);
      else back.searchParams.delete("iss");
      expect(codeOf(await completeOAuth(gateway, back))).toBe("INVALID_CREDENTIALS");
    }
  });

  it("rejects a code of another flow, which PKCE and the nonce tie to its own", async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const back = await idp.visit(theirs.url, newPerson());
    back.searchParams.set("state", mine.state);
    expect(codeOf(await completeOAuth(gateway, back))).toBe("INVALID_CREDENTIALS");
  });

  it("has nothing to do for a visitor who turns round at the provider: the flow expires", async () => {
    const back = await idp.deny((await begin()).url);
    expect(back.searchParams.get("error")).toBe("access_denied");
    expect(back.searchParams.get("code")).toBeNull();
  });
});
