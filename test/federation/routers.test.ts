/** What the gateway promises to subgraphs, through whole routers: login, write, link, merge, delete, expire. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Federation, routers, startFederation } from "../support/federation.ts";
import { codeOf } from "../support/gateway.ts";

describe.each(routers)("through %s", (router) => {
  let federation: Federation;
  const ask: Federation["ask"] = (...request) => federation.ask(...request);
  beforeAll(async () => {
    federation = await startFederation(router);
  });
  afterAll(() => federation.stop());

  interface Guest {
    id: string;
    token: string;
  }
  const arrive = async (): Promise<Guest> => {
    const { data } = await ask("mutation { loginAnonymous { user { id } accessToken } }");
    return { id: data.loginAnonymous.user.id, token: data.loginAnonymous.accessToken };
  };
  const write = async ({ token }: Guest, text: string): Promise<string> =>
    (await ask("mutation ($t: String!) { writeNote(text: $t) { id } }", { token, variables: { t: text } }))
      .data.writeNote.id;
  const link = async ({ token }: Guest, email: string) => {
    const answer = await ask(
      `mutation ($c: Credentials!) { linkIdentity(credentials: $c) {
         ... on AuthPayload { user { id isAnonymous } accessToken } ... on IdentityConflict { mergeTicket } } }`,
      { token, variables: { c: { emailPassword: { email, password: "correct horse" } } } },
    );
    return answer.data.linkIdentity;
  };
  const texts = (notes: { text: string }[]): string[] => notes.map(({ text }) => text);
  const authorOf = async (noteId: string, fields: string) => {
    const { data, errors } = await ask(`{ notes { id author { ${fields} } } }`);
    return { author: data.notes.find(({ id }: { id: string }) => id === noteId).author, errors };
  };

  it("lets a guest write, link, and find it is still theirs", async () => {
    const guest = await arrive();
    const note = await write(guest, "of a guest");
    expect((await authorOf(note, "id isAnonymous")).author).toEqual({ id: guest.id, isAnonymous: true });
    const linked = await link(guest, "stays@example.com");
    expect(linked.user).toEqual({ id: guest.id, isAnonymous: false });
    expect((await authorOf(note, "id isAnonymous")).author).toEqual({ id: guest.id, isAnonymous: false });
    const mine = "{ myNotes { text author { id createdAt } } me { id notes { text } } }";
    for (const token of [guest.token, linked.accessToken]) {
      const { data, errors } = await ask(mine, { token });
      expect(errors).toBeUndefined();
      expect(data.myNotes).toEqual([
        { text: "of a guest", author: { id: guest.id, createdAt: expect.any(String) } },
      ]);
      expect(data.me).toEqual({ id: guest.id, notes: [{ text: "of a guest" }] });
    }
  });

  it("gives the notes of a guest to the account that the guest turns out to have", async () => {
    const owner = await arrive();
    await write(owner, "of the account");
    await link(owner, "known@example.com");
    const guest = await arrive();
    const note = await write(guest, "of the guest");
    const { mergeTicket } = await link(guest, "known@example.com");
    const { data: merged } = await ask(
      "mutation ($t: String!) { mergeUser(ticket: $t) { user { id formerIds } accessToken } }",
      { token: guest.token, variables: { t: mergeTicket } },
    );
    expect(merged.mergeUser.user).toEqual({ id: owner.id, formerIds: [guest.id] });
    const token = merged.mergeUser.accessToken;

    const { data } = await ask("{ myNotes { text } me { id notes { text } } }", { token });
    for (const notes of [data.myNotes, data.me.notes]) {
      expect(texts(notes).sort()).toEqual(["of the account", "of the guest"]);
    }
    // The subgraph still says who wrote it, in the words of then; everything else is the account's.
    expect((await authorOf(note, "id isAnonymous formerIds")).author).toEqual({
      id: guest.id,
      isAnonymous: false,
      formerIds: [guest.id],
    });
    expect((await authorOf(note, "id notes { text }")).author.notes).toHaveLength(2);
    const own = await ask("{ notes { id author { identities { provider } } } }", { token });
    expect(own.data.notes.find(({ id }: { id: string }) => id === note).author.identities).toHaveLength(3);
    // The token of before the merge is good for the subgraph until it expires, and for nothing at the gateway.
    expect((await ask("{ me { id } }", { token: guest.token })).errors).toBeDefined();
  });

  it("keeps the notes of users who are gone, without author", async () => {
    const guest = await arrive();
    const note = await write(guest, "without an author");
    await ask("mutation { deleteMe { deletedUserId } }", { token: guest.token });
    const gone = await authorOf(note, "id isAnonymous");
    expect([gone.author, gone.errors === undefined]).toEqual([null, router === "@apollo/gateway"]);
    // What the subgraph knows itself is not requested from the gateway.
    expect((await authorOf(note, "id")).author).toEqual({ id: guest.id });

    const [other, stays] = [await arrive(), await arrive()];
    const [lost, kept] = [
      await write(other, "of a guest that expires"),
      await write(stays, "of one that links"),
    ];
    await link(stays, "links@example.com");
    federation.gateway.clock.advance({ days: 90 });
    await federation.gateway.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
    expect((await authorOf(lost, "id isAnonymous")).author).toBeNull();
    expect((await authorOf(kept, "id isAnonymous")).author).toEqual({ id: stays.id, isAnonymous: false });
    const { data } = await ask("{ notes { id text } }");
    expect(texts(data.notes)).toEqual(
      expect.arrayContaining(["without an author", "of a guest that expires"]),
    );
  });

  it("shows what belongs to a user to no other user", async () => {
    const [author, other] = [await arrive(), await arrive()];
    const note = await write(author, "of an author");
    const seenBy = async (fields: string, token?: string) => {
      const { data, errors } = await ask(`{ notes { id author { ${fields} } } }`, token ? { token } : {});
      const own = data.notes.find(({ id }: { id: string }) => id === note);
      // Of a thousand rejections of one field a router may hand on one.
      const codes = new Set(errors?.map(({ extensions }) => extensions?.code));
      return [own.author, [...codes].find((code) => code !== "INTERNAL_SERVER_ERROR")];
    };
    for (const fields of ["sessions { id }", "identities { id }", "apiKeys { id }"]) {
      expect(await seenBy(fields)).toEqual([null, "UNAUTHENTICATED"]);
      expect(await seenBy(fields, other.token)).toEqual([null, "FORBIDDEN"]);
      expect((await seenBy(fields, author.token))[0]).not.toBeNull();
    }
    for (const field of ["lastLoginAt", "profile"]) {
      expect(await seenBy(field)).toEqual([{ [field]: null }, "UNAUTHENTICATED"]);
      expect(await seenBy(field, other.token)).toEqual([{ [field]: null }, "FORBIDDEN"]);
    }
    expect((await seenBy("lastLoginAt", author.token))[0].lastLoginAt).toEqual(expect.any(String));
  });

  it("rejects a bad token, and two kinds of credentials at once", async () => {
    expect((await ask("{ me { id } }", { token: "x.y.z" })).errors).toBeDefined();
    const credentials = { emailPassword: { email: "a@b.c", password: "x" }, jwt: { token: "x" } };
    const answer = await ask("mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }", {
      variables: { c: credentials },
    });
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
  });

  it("answers documents that are long and deep", async () => {
    const guest = await arrive();
    const note = await write(guest, "of many fields");
    const fields = Array.from({ length: 28 }, (_, i) => `a${i}: createdAt`).join(" ");
    // Forty lists that ask for different fields each, so that no two can be one.
    const choices = ["createdAt", "expiresAt", "disabled", "formerIds", "ids", "isAnonymous"];
    const lists = Array.from({ length: 40 }, (_, i) => {
      const chosen = choices.filter((_, bit) => (i + 1) & (1 << bit));
      return `n${i}: notes { id author { id ${chosen.join(" ")} } }`;
    });
    const deep = "notes { id author { id notes { author { id notes { author { createdAt } } } } } }";
    for (const document of [`notes { id author { ${fields} } }`, lists.join(" "), deep]) {
      const { data, errors } = await ask(`{ ${document} }`);
      for (const notes of Object.values(data) as { id: string; author: unknown }[][]) {
        const own = { id: note, author: expect.anything() };
        expect([errors, notes]).toEqual([errors, expect.arrayContaining([expect.objectContaining(own)])]);
      }
    }
  });
});
