/** Keys that consumers can rely on: through rotations, restarts, replicas and changed settings. */
import { afterEach, describe, expect, it } from "@jest/globals";
import type { EntityManager } from "typeorm";
import { createEncryption } from "../../../src/encryption.ts";
import { maintainSigningKeys } from "../../../src/identity/tokens/key-rotation.ts";
import { openSigningKeys } from "../../../src/identity/tokens/signing-keys.ts";
import { operator } from "../../support/contexts.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  type DatabaseName,
  databases,
  type Gateway,
  loginAnonymously,
  MASTER_KEY,
  me,
  startGateway,
  TestClock,
} from "../../support/gateway.ts";
import { KeyConsumer, kidOf, publishedKids } from "../../support/key-consumer.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Gateways on one database and one clock; each can be restarted with other settings. */
async function startReplicas(name: DatabaseName, count: number) {
  const database = await createDatabase(name);
  const clock = new TestClock();
  const start = (settings: Record<string, string> = {}) =>
    startGateway({ url: database.url, clock, settings });
  const gateways: Gateway[] = [];
  for (let i = 0; i < count; i += 1) gateways.push(await start());
  cleanups.push(async () => {
    for (const gateway of gateways) await gateway.stop();
    await database.drop();
  });
  const at = (index: number): Gateway => gateways[index] as Gateway;
  const restart = async (index: number, settings: Record<string, string> = {}): Promise<void> => {
    await at(index).stop();
    gateways[index] = await start(settings);
  };
  return { clock, at, restart, database };
}

const rotate = async (gateway: Gateway) =>
  (await gateway.admin("mutation { rotateSigningKey { kid state signsFrom } }")).data.rotateSigningKey;

/** As if its timer never came again. */
const neverPolls = (gateway: Gateway): void =>
  void Object.assign(gateway.app.services.signingKeys, { reload: async () => {} });

describe.each(databases)("on %s", (name) => {
  it("never has a token rejected by consumers that cache keys for ten minutes, through a rotation and restarts", async () => {
    const { clock, at, restart } = await startReplicas(name, 2);
    neverPolls(at(1));
    // One of each replica for each minute of the ten.
    const consumers = [0, 1].flatMap((replica) =>
      Array.from({ length: 10 }, (_, phase) => ({
        phase,
        consumer: new KeyConsumer(() => at(replica).url, clock),
      })),
    );
    const tokens: { token: string; id: string; validUntil: number }[] = [];
    const kids = new Set<string>();
    const events: Record<number, () => Promise<unknown>> = {
      12: () => rotate(at(0)),
      17: () => restart(1, { ACCESS_TOKEN_SECONDS: "900" }),
      22: () => restart(0),
      30: () => restart(1),
    };
    for (let minute = 0; minute < 75; minute += 1) {
      for (const { phase, consumer } of consumers) if (minute === phase) await consumer.fetchKeys();
      await events[minute]?.();
      for (const gateway of [at(0), at(1)]) {
        const { accessToken: token, id } = await loginAnonymously(gateway);
        const { exp } = JSON.parse(Buffer.from(String(token.split(".")[1]), "base64url").toString());
        kids.add(kidOf(token));
        tokens.push({ token, id, validUntil: exp * 1_000 });
      }
      const valid = tokens.filter(({ validUntil }) => validUntil > +clock.now());
      // The oldest ones need the old key, the newest ones the new key.
      for (const { token, id } of [...valid.slice(0, 1), ...valid.slice(-2)]) {
        for (const { phase, consumer } of consumers) {
          if (minute >= phase) expect([minute, await consumer.verify(token)]).toEqual([minute, id]);
        }
        for (const gateway of [at(0), at(1)]) expect((await me(gateway, token)).data.me.id).toBe(id);
      }
      clock.advance({ minutes: 1 });
    }
    expect(kids.size).toBe(2);
    const [oldKid, newKid] = [...kids];
    clock.advance({ minutes: 20 });
    for (const gateway of [at(0), at(1)]) expect(await publishedKids(gateway.url)).toEqual([newKid]);
    expect(await countRows(at(0), "signing_keys", `kid = '${oldKid}'`)).toBe(1);
    await maintainSigningKeys(at(0).app.services.signingKeys, null);
    expect(await countRows(at(0), "signing_keys", `kid = '${oldKid}'`)).toBe(0);
    expect(await countRows(at(0), "signing_keys")).toBe(1);
  }, 180_000);

  it("has a replica that does not poll know every key that signs, and sign with no old one", async () => {
    const { clock, at } = await startReplicas(name, 2);
    neverPolls(at(1));
    const { kid } = await rotate(at(0));
    clock.advance({ seconds: 31 });
    expect(await publishedKids(at(1).url)).toContain(kid);
    clock.advance({ minutes: 11 });
    const { accessToken, id } = await loginAnonymously(at(0));
    expect(kidOf(accessToken)).toBe(kid);
    expect((await me(at(1), accessToken)).data.me.id).toBe(id);
    expect(kidOf((await loginAnonymously(at(1))).accessToken)).toBe(kid);
  });

  it("publishes the next key for SIGNING_KEY_PUBLISH_MINUTES and a minute before it signs", async () => {
    const { clock, at, restart } = await startReplicas(name, 1);
    await restart(0, { SIGNING_KEY_PUBLISH_MINUTES: "60" });
    const { kid, signsFrom } = await rotate(at(0));
    expect(+new Date(signsFrom) - +clock.now()).toBe(61 * 60_000);
    expect(await publishedKids(at(0).url)).toContain(kid);
    clock.advance({ minutes: 60 });
    expect(kidOf((await loginAnonymously(at(0))).accessToken)).not.toBe(kid);
    clock.advance({ minutes: 1 });
    expect(kidOf((await loginAnonymously(at(0))).accessToken)).toBe(kid);
  });

  it("makes one key when gateways rotate at once, by hand or because it is time", async () => {
    const { clock, at } = await startReplicas(name, 2);
    const keys = [at(0), at(1)].map((gateway) => gateway.app.services.signingKeys);
    const byHand = await Promise.all([...keys, ...keys].map((each) => each.rotate(operator)));
    expect(new Set(byHand.map(({ kid }) => kid)).size).toBe(1);
    expect(await countRows(at(0), "signing_keys")).toBe(2);

    const keepAll = () => Promise.all(keys.map((each) => maintainSigningKeys(each, 90)));
    clock.advance({ days: 90, minutes: 10 });
    await keepAll();
    expect(await countRows(at(0), "signing_keys", `kid <> '${byHand[0]?.kid}'`)).toBe(0);
    clock.advance({ minutes: 1 });
    await Promise.all(keys.map((each) => maintainSigningKeys(each, null)));
    expect(await countRows(at(0), "signing_keys")).toBe(1);
    await keepAll();
    expect(await countRows(at(0), "signing_keys")).toBe(2);
    await keepAll();
    expect(await countRows(at(0), "signing_keys")).toBe(2);
  });

  it("keeps an old key for the tokens that it signed, when they are made shorter by a restart", async () => {
    const { clock, at, restart } = await startReplicas(name, 2);
    await restart(0, { ACCESS_TOKEN_SECONDS: "86400" });
    const { accessToken, id } = await loginAnonymously(at(0));
    await restart(0, { ACCESS_TOKEN_SECONDS: "60" });
    await rotate(at(1));
    clock.advance({ minutes: 23 * 60 });
    for (const gateway of [at(0), at(1)]) {
      expect(await publishedKids(gateway.url)).toContain(kidOf(accessToken));
      await maintainSigningKeys(gateway.app.services.signingKeys, null);
      expect((await me(gateway, accessToken)).data.me.id).toBe(id);
    }
    clock.advance({ minutes: 83 });
    expect(await publishedKids(at(0).url)).not.toContain(kidOf(accessToken));
  });

  it("rejects the tokens of a key whose row an operator deleted, and signs with the next one at once", async () => {
    const { clock, at } = await startReplicas(name, 2);
    const { accessToken, id } = await loginAnonymously(at(0));
    const { kid } = await rotate(at(0));
    await at(0).app.database.writes.transaction((manager) =>
      manager.query(`DELETE FROM signing_keys WHERE kid = '${kidOf(accessToken)}'`),
    );
    clock.advance({ seconds: 31 });
    for (const gateway of [at(0), at(1)]) {
      expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
      expect(await publishedKids(gateway.url)).toEqual([kid]);
      expect(kidOf((await loginAnonymously(gateway)).accessToken)).toBe(kid);
    }
    expect(await countRows(at(0), "users", `id = '${id}'`)).toBe(1);
  });

  it("signs nothing once the keys could not be read for as long as a new one is announced", async () => {
    const { clock, at } = await startReplicas(name, 1);
    const { reads, writes, policy, audit, eventLog } = at(0).app.services;
    let isDown = false;
    const find: EntityManager["find"] = (...request) =>
      isDown ? Promise.reject(new Error("down")) : reads.find(...request);
    const keys = await openSigningKeys({
      reads: Object.assign(Object.create(reads), { find }),
      writes,
      clock,
      policy,
      audit,
      eventLog,
      encryption: createEncryption(MASTER_KEY),
    });
    const { kid } = keys.current();
    isDown = true;
    clock.advance({ minutes: 10 });
    expect(keys.isFresh()).toBe(false);
    await expect(keys.refresh()).rejects.toThrow("down");
    expect(keys.current().kid).toBe(kid);
    clock.advance({ seconds: 1 });
    expect(() => keys.current()).toThrow(expect.objectContaining({ code: "SERVICE_UNAVAILABLE" }));
    isDown = false;
    await keys.refresh();
    expect([keys.isFresh(), keys.current().kid]).toEqual([true, kid]);
  });
});
