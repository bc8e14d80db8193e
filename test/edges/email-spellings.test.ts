/** One mailbox is one account, however its address is spelled, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hash } from "@node-rs/argon2";
import { createDataSource } from "../../src/database/data-source.ts";
import { CanonicalEmails1764140400000 } from "../../src/database/migrations/1764140400000-canonical-emails.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import { canonicalEmail, MAX_EMAIL_CHARACTERS, readEmailAddress } from "../../src/text/email-address.ts";
import { register } from "../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";

describe("the canonical form", () => {
  it.each([
    ["upper case", "Ada@Example.COM", "ada@example.com"],
    ["spaces around it", "\u3000 ada@example.com\t", "ada@example.com"],
    ["a letter and a combining mark", "jose\u0301@example.com", "jos\u00e9@example.com"],
    ["J with a caron, which only lower case composes", "J\u030cana@example.com", "\u01f0ana@example.com"],
    ["an Angstrom sign", "\u212bsa@example.com", "\u00e5sa@example.com"],
    ["a Kelvin sign", "\u212aim@example.com", "kim@example.com"],
    ["a long s", "jes\u017fica@example.com", "jessica@example.com"],
    ["a dotted capital I", "\u0130nci@example.com", "i\u0307nci@example.com"],
    ["a domain of other letters", "ada@B\u00dcCHER.example", "ada@xn--bcher-kva.example"],
    ["a domain in NFD", "ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"],
    ["a domain with an ideographic full stop", "ada@example\u3002com", "ada@example.com"],
    ["a domain in full width", "ada@\uff45xample.com", "ada@example.com"],
    ["A-labels in upper case", "ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"],
    [
      "a sigma inside a word",
      "\u03a3\u039f\u03a6\u039f\u03a3@example.com",
      "\u03c3\u03bf\u03c6\u03bf\u03c2@example.com",
    ],
    [
      "a medial sigma at the end",
      "\u03c3\u03bf\u03c6\u03bf\u03c3@example.com",
      "\u03c3\u03bf\u03c6\u03bf\u03c2@example.com",
    ],
    [
      "a final sigma before a dot",
      "\u03c3\u03bf\u03c6\u03bf\u03c2.\u03b1@example.com",
      "\u03c3\u03bf\u03c6\u03bf\u03c2.\u03b1@example.com",
    ],
  ])("folds %s", (_, typed, canonical) => {
    expect(canonicalEmail(typed)).toBe(canonical);
  });
  it("of letters that only look alike differs", () => {
    const alike = [
      "mike@example.com",
      "m\u0131ke@example.com",
      "m\u0456ke@example.com",
      "strasse@example.com",
    ];
    const others = ["m\u00efke@example.com", "stra\u00dfe@example.com"];
    expect(new Set([...alike, ...others].map(canonicalEmail)).size).toBe(6);
  });
  it("of itself is itself, and so is that of its lower case and of its NFD, for every character", () => {
    const differing: string[] = [];
    for (let code = 0xa0; code < 0x2_0000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      const canonical = canonicalEmail(`a${character}b@example.com`);
      if (canonical === null) continue;
      const spellings = [canonical, canonical.normalize("NFD"), `a${character.toLowerCase()}b@example.com`];
      if (spellings.some((each) => canonicalEmail(each) !== canonical)) differing.push(code.toString(16));
    }
    expect(differing).toEqual([]);
  });
  it("is none for what is blank, too long, or has a control character or half a surrogate pair", () => {
    const long = (length: number) => `${"a".repeat(length - 12)}@example.com`;
    expect(canonicalEmail(long(MAX_EMAIL_CHARACTERS))).toHaveLength(MAX_EMAIL_CHARACTERS);
    for (const bad of [
      "",
      " \t",
      long(255),
      "a\0@b.c",
      "a\u0007@b.c",
      "a\ud800@b.c",
      "x".repeat(5_000_000),
    ]) {
      expect(readEmailAddress(bad)).toBeNull();
    }
  });
  it("keeps what was typed beside it", () => {
    expect(readEmailAddress("  Ada.Lovelace@Example.com ")).toEqual({
      typed: "Ada.Lovelace@Example.com",
      canonical: "ada.lovelace@example.com",
    });
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

  const emailOf = async (token: string): Promise<[string | null, boolean | null]> => {
    const { data } = await gateway.graph("{ me { identities { email emailVerified } } }", { token });
    const { email, emailVerified } = data.me.identities.at(-1);
    return [email, emailVerified];
  };

  it.each([
    ["J\u030cane@example.com", "\u01f0ane@example.com"],
    ["\u03a0\u0391\u03a5\u039b\u039f\u03a3@example.com", "\u03c0\u03b1\u03c5\u03bb\u03bf\u03c3@example.com"],
    ["grace@m\u00fcnchen.example", "Grace@xn--mnchen-3ya.example"],
    ["re\u0301ne\u0301@example.com", "R\u00c9N\u00c9@example.com"],
  ])("%s and %s are one registration, one login and one link", async (one, other) => {
    expect(codeOf(await register(gateway, one, "correct horse"))).toBeUndefined();
    expect(codeOf(await register(gateway, other, "correct horse"))).toBe("EMAIL_TAKEN");
    const first = (await login(gateway, one, "correct horse")).data.login;
    const second = (await login(gateway, ` ${other} `, "correct horse")).data.login;
    expect(second.user.id).toBe(first.user.id);
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, other);
    expect(data.linkIdentity.mergeTicket).toMatch(/^pbm_/);
  });

  it("an address whose domain has no A-labels is not registered", async () => {
    for (const bad of ["a@b\u00fc%41.example", "a@\u2603_.example", "a@xn--\u00fc.example"]) {
      expect([bad, codeOf(await register(gateway, bad, "correct horse"))]).toEqual([bad, "BAD_USER_INPUT"]);
    }
  });

  it("a token's email is stored trimmed, folded and with A-labels; what cannot be stored is left out", async () => {
    const claims = { email: "  Jose\u0301@B\u00dcCHER.example ", email_verified: true };
    const { accessToken } = (await issuer.login("one of the issuer", claims)).data.login;
    expect(await emailOf(accessToken)).toEqual(["jos\u00e9@xn--bcher-kva.example", true]);
    for (const [index, email] of [
      "x".repeat(20_000),
      "nul\0@example.com",
      "half\ud800@example.com",
      " ",
    ].entries()) {
      const answer = await issuer.login(`unusable email ${index}`, { email, email_verified: true });
      expect(await emailOf(answer.data.login.accessToken)).toEqual([null, null]);
    }
  });

  it("operators find a user by an email in any spelling", async () => {
    await issuer.login("to be found", { email: "Zo\u00eb.\u0394\u0399\u0391\u03a3@m\u00fcnchen.example" });
    const query = "query ($e: String) { users(filter: { email: $e }) { totalCount } }";
    for (const e of [
      "  ZOE\u0308.",
      "zo\u00eb.\u03b4\u03b9\u03b1\u03c3@m\u00fcnchen.example \u00a0\u3000",
      "zo\u00eb.\u03b4\u03b9\u03b1\u03c3@M\u00dcNCHEN.example",
      "zo\u00eb.\u03b4\u03b9\u03b1\u03c2@xn--mnchen",
    ]) {
      const { data, errors } = await gateway.admin(query, { variables: { e } });
      expect([e, errors, data?.users.totalCount]).toEqual([e, undefined, 1]);
    }
    const nothing = await gateway.admin(query, { variables: { e: "unknown\0" } });
    expect(nothing.data.users.totalCount).toBe(0);
  });

  it("a rejected login leaves its audit event, whatever its email is", async () => {
    const emails = [
      "nul\0@example.com",
      "half\ud800@example.com",
      "\0",
      "x".repeat(100_000),
      "\u00e9".repeat(2_000),
      "no@one.example",
    ];
    const before = await countRows(gateway, "audit_events", "action = 'LOGGED_IN' AND code IS NOT NULL");
    for (const email of emails)
      expect(codeOf(await login(gateway, email, "wrong"))).toBe("INVALID_CREDENTIALS");
    expect(await countRows(gateway, "audit_events", "action = 'LOGGED_IN' AND code IS NOT NULL")).toBe(
      before + emails.length,
    );
  });
});

describe.each(databases)("addresses stored before, on %s", (name) => {
  it("are found in every spelling; of two accounts of one mailbox both are, one by its own spelling alone", async () => {
    const place = await createDatabase(name, { isEmpty: true });
    const older = createDataSource(place.url);
    older.setOptions({ migrations: migrations.slice(0, migrations.indexOf(CanonicalEmails1764140400000)) });
    await older.initialize();
    await older.runMigrations();
    const passwords = { alone: "the only one", first: "the first of two", second: "the second of two" };
    const stored = {
      alone: "ada@b\u00fccher.example",
      first: "bob@b\u00fccher.example",
      second: "bob@xn--bcher-kva.example",
    };
    for (const [index, key] of (["second", "first", "alone"] as const).entries()) {
      const [email, confirmedAt] = [stored[key], key === "second" ? "NULL" : "5"];
      const passwordHash = await hash(passwords[key]);
      await older.query(
        `INSERT INTO users (id, is_anonymous, created_at) VALUES ('${key}', false, ${index})`,
      );
      await older.query(
        `INSERT INTO identities (id, user_id, provider, subject, email, created_at)
         VALUES ('i-${key}', '${key}', 'local-userpass', 'c-${key}', '${email}', ${index})`,
      );
      await older.query(
        `INSERT INTO password_credentials (id, email, password_hash, created_at, identity_id, confirmed_at)
         VALUES ('c-${key}', '${email}', '${passwordHash}', ${index}, 'i-${key}', ${confirmedAt})`,
      );
    }
    await older.destroy();

    const gateway = await startGateway({ url: place.url });
    const userOf = async (email: string, key: keyof typeof passwords): Promise<string | undefined> =>
      (await login(gateway, email, passwords[key])).data?.login?.user.id;
    for (const spelling of [stored.alone, "Ada@BU\u0308CHER.example", "ada@xn--bcher-kva.example"]) {
      expect(await userOf(spelling, "alone")).toBe("alone");
    }
    expect(await userOf(stored.second, "second")).toBe("second");
    expect(await userOf(stored.first, "first")).toBe("first");
    expect(await userOf(stored.first, "second")).toBeUndefined();
    expect(codeOf(await register(gateway, stored.first, "correct horse"))).toBe("EMAIL_TAKEN");
    expect(await countRows(gateway, "identities", "email = 'ada@xn--bcher-kva.example'")).toBe(1);
    await gateway.stop();
    await place.drop();
  });
});
