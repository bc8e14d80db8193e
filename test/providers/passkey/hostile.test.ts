/** Ceremonies that an attacker would send: none is accepted, each is INVALID_CREDENTIALS, and nothing is stored. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createKey, register, use } from "../../support/authenticator.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  loginAnonymously,
  startGateway,
} from "../../support/gateway.ts";
import { keys, logins, registrations } from "../../support/hostile-changes.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginByPasskey,
  loginOptions,
  loginWith,
  registrationOptions,
  site,
} from "../../support/passkeys.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let guest: Login;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    await deployPasskeys(gateway);
    guest = await loginAnonymously(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  const count = (): Promise<number[]> =>
    Promise.all(["users", "identities", "sessions", "passkeys"].map((table) => countRows(gateway, table)));
  const expectRejection = async (answer: ReturnType<typeof loginWith>): Promise<void> => {
    const before = await count();
    const { errors } = await answer;
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["INVALID_CREDENTIALS"]);
    expect(await count()).toEqual(before);
  };

  it("accepts what is honest, without a user handle too", async () => {
    const key = createKey();
    await createOwner(gateway, key);
    expect(codeOf(await loginByPasskey(gateway, key, { userHandle: null }))).toBeUndefined();
  });

  it.each(Object.entries(registrations))("rejects a registration with %s", async (_, changes) => {
    const options = await registrationOptions(gateway, guest.accessToken);
    await expectRejection(
      linkWith(gateway, guest.accessToken, register(createKey(), options, site, changes)),
    );
  });
  it.each(Object.entries(keys))("rejects a registration with %s", async (_, make) => {
    const { key, changes } = make();
    const options = await registrationOptions(gateway, guest.accessToken);
    await expectRejection(linkWith(gateway, guest.accessToken, register(key, options, site, changes)));
  });
  it.each(Object.entries(logins))("rejects a login with %s", async (_, changes) => {
    const key = createKey();
    await createOwner(gateway, key);
    await expectRejection(loginWith(gateway, use(key, await loginOptions(gateway), site, changes)));
  });
  it("rejects the passkey of one user under the handle or the id of another", async () => {
    const [mine, theirs] = [createKey(), createKey()];
    await createOwner(gateway, mine);
    await createOwner(gateway, theirs);
    await expectRejection(loginByPasskey(gateway, mine, { userHandle: theirs.userHandle }));
    await expectRejection(loginByPasskey(gateway, mine, { id: theirs.id }));
    await expectRejection(loginByPasskey(gateway, mine, { id: theirs.id, userHandle: theirs.userHandle }));
  });
});
