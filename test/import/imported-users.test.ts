/** What a user of App Services becomes, as a table. */
import { describe, expect, it } from "@jest/globals";
import { decideImport, type ImportRules } from "../../src/import/imported-users.ts";

const now = new Date("2026-06-01T12:00:00Z");
const rules: ImportRules = {
  now,
  policy: { anonymousUserDays: 90 },
  anonymousFrom: "creation",
  normalizeEmail: (email) => email.trim().toLowerCase(),
};
const seconds = (text: string): number => +new Date(text) / 1_000;
const anonymous = { id: "65f1a0c2b4d8e9f012345678-abcdefghijklmnopqrstuvwx", provider_type: "anon-user" };
const password = (email: unknown = "Ada@Example.com ") => ({
  id: "65f1a0c2b4d8e9f0000000aa",
  provider_type: "local-userpass",
  provider_data: { email },
});
const user = (fields: object = {}) => ({
  _id: "65f1a0c2b4d8e9f012345678",
  identities: [password()],
  type: "normal",
  creation_date: seconds("2026-05-01T00:00:00Z"),
  last_authentication_date: seconds("2026-05-02T00:00:00Z"),
  disabled: false,
  data: { email: "ada@example.com", name: "Ada" },
  ...fields,
});

describe("a user", () => {
  const imported = (fields?: object, others: Partial<ImportRules> = {}) => {
    const decision = decideImport(user(fields), { ...rules, ...others });
    if (decision.kind !== "import") throw new Error(decision.reason);
    return decision.planned;
  };

  it("keeps its id, its dates and its data", () => {
    expect(imported().user).toMatchObject({
      id: "65f1a0c2b4d8e9f012345678",
      isAnonymous: false,
      createdAt: new Date("2026-05-01T00:00:00Z"),
      lastLoginAt: new Date("2026-05-02T00:00:00Z"),
      disabledAt: null,
      profile: { email: "ada@example.com", name: "Ada" },
    });
  });
  it("keeps every sign-in method, with its subject", () => {
    const identities = [
      anonymous,
      password(),
      { id: "sub-1", provider_type: "custom-token" },
      { id: "1234567890", provider_type: "oauth2-google", provider_data: { email: "A@gmail.com" } },
    ];
    const planned = imported({ identities });
    expect(
      planned.identities.map(({ provider, subject, email, canSignIn }) => [
        provider,
        subject,
        email,
        canSignIn,
      ]),
    ).toEqual([
      ["anon-user", anonymous.id, null, false],
      ["local-userpass", "65f1a0c2b4d8e9f0000000aa", "ada@example.com", true],
      ["custom-token", "sub-1", null, true],
      ["oauth2-google", "1234567890", "a@gmail.com", true],
    ]);
    expect(planned.credentials).toEqual([
      expect.objectContaining({
        id: "65f1a0c2b4d8e9f0000000aa",
        email: "ada@example.com",
        passwordHash: "none",
        isPending: false,
        confirmedAt: null,
        identityId: planned.identities[1]?.id,
      }),
    ]);
    expect(planned.user.isAnonymous).toBe(false);
  });
  it("loses API keys only, where it has something else", () => {
    const identities = [password(), { id: "k", provider_type: "api-key" }];
    expect(imported({ identities }).identities.map(({ provider }) => provider)).toEqual(["local-userpass"]);
  });
  it("is as old as its ObjectId where it has no creation date", () => {
    expect(imported({ creation_date: undefined }).user.createdAt).toEqual(new Date(0x65f1a0c2 * 1_000));
  });
  it("may have its dates as texts, and stays disabled", () => {
    const { user } = imported({ creation_date: "2026-05-01T00:00:00Z", disabled: true, data: {} });
    expect([user.createdAt, user.disabledAt, user.profile]).toEqual([
      new Date("2026-05-01T00:00:00Z"),
      now,
      null,
    ]);
  });
  it("is a guest as old as it was, or as old as the import", () => {
    expect(imported({ identities: [anonymous] }).user).toMatchObject({
      isAnonymous: true,
      createdAt: new Date("2026-05-01T00:00:00Z"),
    });
    const old = { identities: [anonymous], creation_date: seconds("2024-01-01T00:00:00Z") };
    expect(imported(old, { anonymousFrom: "now" }).user.createdAt).toEqual(now);
    // Only guests expire, so only they are made younger.
    const known = { creation_date: seconds("2024-01-01T00:00:00Z") };
    expect(imported(known, { anonymousFrom: "now" }).user.createdAt).toEqual(
      new Date("2024-01-01T00:00:00Z"),
    );
  });
});

it.each([
  [
    "a guest past its age",
    "leave-out",
    user({ identities: [anonymous], creation_date: seconds("2026-03-01T00:00:00Z") }),
  ],
  [
    "a guest at its age",
    "leave-out",
    user({ identities: [anonymous], creation_date: +now / 1_000 - 90 * 86_400 }),
  ],
  ["a server's user", "leave-out", user({ type: "server" })],
  ["a user of the system", "leave-out", user({ type: "system" })],
  ["one with API keys only", "leave-out", user({ identities: [{ id: "k", provider_type: "api-key" }] })],
  ["a pending user", "leave-out", { _id: "x", login_ids: [{ id_type: "email", id: "a@example.com" }] }],
  ["one without identities", "reject", user({ identities: [] })],
  [
    "one of an unknown provider",
    "reject",
    user({ identities: [{ id: "k", provider_type: "mongodb-cloud" }] }),
  ],
  ["an id with a slash", "reject", user({ _id: "../x" })],
  ["no id", "reject", user({ _id: undefined })],
  ["a number for an id", "reject", user({ _id: 7 })],
  ["a creation in the future", "reject", user({ creation_date: +now / 1_000 + 60 })],
  ["a creation that is not a time", "reject", user({ creation_date: "yesterday" })],
  ["neither creation nor ObjectId", "reject", user({ _id: "abc", creation_date: null })],
  ["two emails", "reject", user({ identities: [password(), password("b@example.com")] })],
  ["NUL", "reject", user({ data: { name: "a\0b" } })],
  ["half a surrogate pair", "reject", user({ data: { name: "a\ud800" } })],
  ["a list", "reject", []],
  ["null", "reject", null],
  ["a text", "reject", "user"],
])("%s: %s", (_, kind, value) => {
  const decision = decideImport(value, rules);
  expect(decision).toEqual({
    kind,
    reason: expect.any(String),
    id: decision.kind === "import" ? "" : decision.id,
  });
});
