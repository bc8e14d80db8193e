/** The users that a filter means, however many others there are, and those whom a draft would leave outside. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  createDatabase,
  databases,
  type Gateway,
  type Login,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  const guests: Login[] = [];

  beforeAll(async () => {
    place = await createDatabase(name);
    gateway = await startGateway({ url: place.url });
    for (let index = 0; index < 6; index++) {
      guests.push(await loginAnonymously(gateway));
      gateway.clock.advance({ minutes: 1 });
    }
    await linkEmail(gateway, guestAt(0).accessToken, "Ada.Lovelace@example.com");
    await linkEmail(gateway, guestAt(1).accessToken, "ada.byron@example.com");
    const { data } = await linkEmail(gateway, guestAt(2).accessToken, "ada.byron@example.com");
    await mergeUser(gateway, guestAt(2).accessToken, data.linkIdentity.mergeTicket);
    await gateway.admin(`mutation { disableUser(id: "${guestAt(3).id}") { id } }`);
  });
  afterAll(async () => {
    await gateway.stop();
    await place.drop();
  });

  const guestAt = (index: number): Login => guests[index] as Login;
  const find = async (filter: object, first = 10): Promise<number[]> => {
    const { data, errors } = await gateway.admin(
      `query ($filter: UserFilter, $first: Int) { users(first: $first, filter: $filter) { totalCount edges { node { id } } } }`,
      { variables: { filter, first } },
    );
    expect(errors).toBeUndefined();
    const found = data.users.edges.map(({ node }: { node: { id: string } }) =>
      guests.findIndex(({ id }) => id === node.id),
    );
    if (first >= 10) expect(data.users.totalCount).toBe(found.length);
    return found;
  };

  it.each([
    ["all, newest first", () => ({}), [5, 4, 3, 1, 0]],
    ["an id", () => ({ id: guestAt(4).id }), [4]],
    ["a former id", () => ({ id: guestAt(2).id }), [1]],
    ["an unknown id", () => ({ id: "unknown" }), []],
    ["an id, and a condition that it does not fulfil", () => ({ id: guestAt(4).id, isAnonymous: false }), []],
    ["the beginning of an email", () => ({ email: "ADA." }), [1, 0]],
    ["a whole email", () => ({ email: "ada.lovelace@example.com" }), [0]],
    ["the middle of an email", () => ({ email: "lovelace" }), []],
    ["what only looks like a pattern", () => ({ email: "ada%" }), []],
    ["a provider", () => ({ provider: "local-userpass" }), [1, 0]],
    ["a provider without identities", () => ({ provider: "oauth2-google" }), []],
    ["disabled ones", () => ({ disabled: true }), [3]],
    ["known ones", () => ({ isAnonymous: false }), [1, 0]],
    ["those that expire by then", () => ({ expiresBefore: "2026-08-30T12:04:30Z" }), [4, 3]],
    ["no users, without a draft", () => ({ losingAccessByDraft: "local-userpass" }), []],
  ])("finds %s", async (_what, filter, expected) => {
    expect(await find(filter())).toEqual(expected);
  });

  it("finds those whom the review counts", async () => {
    const save = (provider: string, enabled: boolean) =>
      gateway.admin(
        `mutation { saveProvider(input: { name: "${provider}", enabled: ${enabled} }) { baseVersion } }`,
      );
    await save("local-userpass", false);
    const { data } = await gateway.admin("{ review { impact { provider identities usersLosingAccess } } }");
    expect(data.review.impact).toEqual([{ provider: "local-userpass", identities: 2, usersLosingAccess: 2 }]);
    expect(await find({ losingAccessByDraft: "local-userpass" })).toEqual([1, 0]);
    expect(await find({ losingAccessByDraft: "anon-user" })).toEqual([]);
    await gateway.app.database.writes.transaction((manager) =>
      manager.query(
        `INSERT INTO identities (id, user_id, provider, subject, can_sign_in, created_at)
         VALUES ('second', '${guestAt(1).id}', 'custom-function', 'second', true, 0)`,
      ),
    );
    expect(await find({ losingAccessByDraft: "local-userpass" })).toEqual([1, 0]);
    // Once the other provider is enabled, it is a sign-in method.
    const settings = {
      url: "https://example.com/login",
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    };
    await gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
      variables: { i: { name: "custom-function", enabled: true, settings } },
    });
    expect(await find({ losingAccessByDraft: "local-userpass" })).toEqual([0]);
    const again = await gateway.admin("{ review { impact { provider usersLosingAccess } } }");
    expect(again.data.review.impact).toContainEqual({
      provider: "local-userpass",
      usersLosingAccess: 1,
    });
    await gateway.admin("mutation { discardDraft }");
  });
});
