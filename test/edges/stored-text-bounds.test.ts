/** What comes from outside and is indexed has a bound in bytes, the same on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { isBadText } from "../../src/database/failures.ts";
import { isIndexable, MAX_INDEXED_BYTES } from "../../src/text/storable-text.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  login,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";

describe("what can be indexed", () => {
  it.each([
    ["a", true],
    ["", false],
    ["nul\0", false],
    ["half \ud800", false],
    ["\u{1f600}", true],
    ["x".repeat(MAX_INDEXED_BYTES), true],
    ["x".repeat(MAX_INDEXED_BYTES + 1), false],
    ["\u6f22".repeat(666), true],
    ["\u6f22".repeat(667), false],
    ["x".repeat(50_000_000), false],
  ])("case %#", (text, expected) => {
    expect(isIndexable(text)).toBe(expected);
  });
  it("and what the database rejects all the same is the client's error", () => {
    for (const code of ["54000", "22001", "22021"]) expect(isBadText({ code })).toBe(true);
  });
});

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let issuer: Issuer;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  /** Without repetitions, so that PostgreSQL cannot make it short by compressing it. */
  const varied = (length: number): string =>
    Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000))).join("");

  it("a subject of many bytes is INVALID_CREDENTIALS, and makes no user", async () => {
    const users = await countRows(gateway, "users");
    for (const subject of [varied(1_000), varied(667), `nul\0`, "half \ud800", "x".repeat(20_000)]) {
      expect(codeOf(await issuer.login(subject))).toBe("INVALID_CREDENTIALS");
    }
    expect(await countRows(gateway, "users")).toBe(users);
    const guest = await loginAnonymously(gateway);
    expect(codeOf(await issuer.link(guest.accessToken, varied(1_000)))).toBe("INVALID_CREDENTIALS");
  });
  it("a subject of 2,000 bytes is one user, again and again", async () => {
    const subject = varied(666);
    const [first, second] = [await issuer.login(subject), await issuer.login(subject)];
    expect(second.data.login.user.id).toBe(first.data.login.user.id);
  });
  it("an email of 20,000 characters is left out, or rejected where it is asked for", async () => {
    expect(codeOf(await issuer.login("long email", { email: varied(20_000) }))).toBeUndefined();
    expect(codeOf(await login(gateway, `${varied(20_000)}@example.com`, "correct horse"))).toBe(
      "INVALID_CREDENTIALS",
    );
  });
  it("ids that no user can have find none, and keep no other from being found", async () => {
    const guest = await loginAnonymously(gateway);
    const ids = ["nul\0", "half \ud800", varied(50_000), "", guest.id];
    const { data, errors } = await gateway.graph(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }",
      { variables: { r: ids.map((id) => ({ __typename: "User", id })) } },
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([null, null, null, null, { id: guest.id }]);
  });
  it("a long user agent with characters that cannot be stored is cut and cleaned", async () => {
    const headers = { "user-agent": `\u00e9${"x".repeat(6_000)}` };
    const { data, errors } = await gateway.graph("mutation { loginAnonymous { session { userAgent } } }", {
      headers,
    });
    expect(errors).toBeUndefined();
    expect(data.loginAnonymous.session.userAgent).toHaveLength(512);
  });
});
