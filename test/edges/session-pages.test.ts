/** Sessions come in pages: newest first, bounded in the database, and in the shape they always had. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: { id: string; accessToken: string };
  /** Every active session, newest first. */
  let all: string[];

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    const guest = await loginAnonymously(gateway);
    await linkEmail(gateway, guest.accessToken, "owner@example.com");
    owner = { id: guest.id, accessToken: "" };
    // Copies of the first one: 129 logins would hash 129 passwords. Half of them began in the same millisecond.
    const { data } = await login(gateway, "owner@example.com", "correct horse");
    owner.accessToken = data.login.accessToken;
    const { reads } = gateway.app.database;
    const [row] = await reads.query(`SELECT * FROM sessions WHERE id = '${data.login.session.id}'`);
    const columns = Object.keys(row);
    for (let i = 0; i < 128; i++) {
      const copy = {
        ...row,
        id: crypto.randomUUID(),
        created_at: Number(row.created_at) - Math.max(0, i - 64),
      };
      const values = columns.map((column) => (copy[column] === null ? "NULL" : `'${copy[column]}'`));
      await write(`INSERT INTO sessions (${columns.join(", ")}) VALUES (${values.join(", ")})`);
    }
    all = (
      await reads.query("SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY created_at DESC, id DESC")
    ).map(({ id }: { id: string }) => id);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const write = (sql: string) => gateway.app.database.writes.transaction((manager) => manager.query(sql));

  const page = async (first?: number | null, after?: string | null, token = owner.accessToken) => {
    const answer = await gateway.graph(
      "query($f: Int, $a: String) { me { sessions(first: $f, after: $a) { id userAgent provider } } }",
      { token, variables: { f: first, a: after } },
    );
    return { ids: answer.data?.me?.sessions?.map(({ id }: { id: string }) => id), code: codeOf(answer) };
  };

  it("a list without arguments is the first fifty, newest first", async () => {
    const { data } = await gateway.graph("{ me { sessions { id } } }", { token: owner.accessToken });
    expect(data.me.sessions.map(({ id }: { id: string }) => id)).toEqual(all.slice(0, 50));
    expect((await page(null, null)).ids).toEqual(all.slice(0, 50));
  });

  it("pages follow each other without a gap or a repetition, also within a millisecond", async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { ids } = await page(17, after);
      seen.push(...ids);
      if (ids.length < 17) break;
      after = ids.at(-1);
    }
    expect(seen).toEqual(all);
  });

  it("a page may follow a session that has ended since", async () => {
    const last = all[20] as string;
    await write(`UPDATE sessions SET ended_at = created_at WHERE id = '${last}'`);
    expect((await page(5, last)).ids).toEqual(all.slice(21, 26));
    expect((await page(100)).ids).not.toContain(last);
    await write(`UPDATE sessions SET ended_at = NULL WHERE id = '${last}'`);
  });

  it.each([
    ["more than 100", 101, null],
    ["fewer than none", -1, null],
    ["an id of nothing", 5, crypto.randomUUID()],
    ["no id", 5, "x\u0000'; --"],
    ["an empty text", 5, ""],
  ])("%s is bad input", async (_, first, after) => {
    expect(await page(first, after)).toEqual({ ids: undefined, code: "BAD_USER_INPUT" });
  });

  it("another user's session leads nowhere", async () => {
    const guest = await loginAnonymously(gateway);
    expect((await page(5, all[0], guest.accessToken)).code).toBe("BAD_USER_INPUT");
    expect((await page(0)).ids).toEqual([]);
  });

  it("each of several users gets a page of its own, in one document of an operator", async () => {
    const other = await loginAnonymously(gateway);
    const { data } = await gateway.admin(
      `{ a: user(id: "${owner.id}") { sessions(first: 3) { id } all: sessions(first: 100) { id } } b: user(id: "${other.id}") { sessions(first: 3) { id } } }`,
    );
    const ids = (sessions: { id: string }[]) => sessions.map(({ id }) => id);
    expect(ids(data.a.sessions)).toEqual(all.slice(0, 3));
    expect(ids(data.a.all)).toEqual(all.slice(0, 100));
    expect(data.b.sessions).toHaveLength(1);
  });
});
