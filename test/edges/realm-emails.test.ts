/** An email is shown to apps of the Realm SDK as its owner typed it, and compared without case. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { App } from "realm-web";
import { createImporter } from "../../src/import/import-users.ts";
import { decideImport } from "../../src/import/imported-users.ts";
import { localUserpass } from "../../src/providers/local-userpass.ts";
import { operator } from "../support/contexts.ts";
import {
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  me,
  startGateway,
} from "../support/gateway.ts";
import { type MailServer, pages, startMailServer, tokenOf } from "../support/mail-server.ts";
import { AUTH, clients, openApp, send } from "../support/realm.ts";

const { Credentials } = clients["2.0.1"];
const PASSWORD = "v3ry-s3cret";

describe.each(databases)("on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let app: App;
  let mailServer: MailServer;
  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(databaseName), startMailServer()]);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass", ...mailServer.settings },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });
  beforeEach(() => {
    app = openApp(gateway);
  });

  it.each([
    ["Ada.Lovelace@Example.com", "ada.lovelace@example.com"],
    ["GRACE@EXAMPLE.COM", "grace@example.com"],
    ["Zoë@München.example", "zoë@xn--mnchen-3ya.example"],
    ["plain@example.com", "plain@example.com"],
  ])("%s is shown as it is, whichever way its owner logs in", async (typed, canonical) => {
    await app.emailPasswordAuth.registerUser({ email: typed, password: PASSWORD });
    const users = await countRows(gateway, "users");
    const ids = new Set<string>();
    for (const email of [canonical, typed, typed.toUpperCase()]) {
      const user = await app.logIn(Credentials.emailPassword(email, PASSWORD));
      ids.add(user.id);
      expect(user.profile.email).toBe(typed);
      const { json } = await send(gateway, "GET", `${AUTH}/profile`, { token: String(user.accessToken) });
      expect([json.data, json.identities[0].provider_data]).toEqual([{ email: typed }, { email: typed }]);
      // The graph has one spelling for each mailbox.
      const { data } = await me(gateway, String(user.accessToken));
      expect(data.me.identities).toMatchObject([{ email: canonical }]);
    }
    expect(ids.size).toBe(1);
    expect(await countRows(gateway, "users")).toBe(users + 1);
    const again = app.emailPasswordAuth.registerUser({ email: typed.toUpperCase(), password: PASSWORD });
    await expect(again).rejects.toMatchObject({ error: "name already in use" });
  });

  it("an email that is linked is shown as it was typed then, without the spaces around it", async () => {
    const guest = await app.logIn(Credentials.anonymous());
    await guest.linkCredentials(Credentials.emailPassword(" Margaret@Example.COM ", PASSWORD));
    expect(guest.profile.email).toBe("Margaret@Example.COM");
  });

  it("an email that waits for its confirmation is shown as it was typed before and after, and as its confirmed registration typed it", async () => {
    await deployProvider(gateway, "local-userpass", true, { confirmation: "email", ...pages });
    const guest = await app.logIn(Credentials.anonymous());
    await guest.linkCredentials(Credentials.emailPassword("Linda@Example.com", PASSWORD));
    expect(guest.profile.email).toBe("Linda@Example.com");
    await app.emailPasswordAuth.confirmUser({
      token: tokenOf(await mailServer.wait("linda@example.com")),
      tokenId: "x",
    });
    const linked = await app.logIn(Credentials.emailPassword("linda@example.com", PASSWORD));
    expect([linked.id, linked.profile.email]).toEqual([guest.id, "Linda@Example.com"]);

    const email = "hedy@example.com";
    await app.emailPasswordAuth.registerUser({ email: "Hedy@Example.com", password: PASSWORD });
    const first = tokenOf(await mailServer.wait(email));
    await app.emailPasswordAuth.registerUser({ email: "HEDY@example.com", password: `${PASSWORD}2` });
    await mailServer.wait(email, 2);
    await app.emailPasswordAuth.confirmUser({ token: first, tokenId: "x" });
    const user = await app.logIn(Credentials.emailPassword(email, PASSWORD));
    expect(user.profile.email).toBe("Hedy@Example.com");
    await deployProvider(gateway, "local-userpass", true, { confirmation: "automatic" });
  });

  it("users from App Services keep theirs", async () => {
    const { services } = gateway.app;
    const decision = decideImport(
      {
        _id: "65f1a0c2b4d8e9f012345678",
        type: "normal",
        identities: [
          {
            id: "65f1a0c2b4d8e9f01234567a",
            provider_type: "local-userpass",
            provider_data: { email: "Joan@Example.com" },
          },
        ],
        creation_date: 1_710_334_146,
      },
      {
        now: services.clock.now(),
        policy: services.policy,
        anonymousFrom: "creation",
        normalizeEmail: (email) => String(localUserpass.passwords?.normalizeEmail(email)),
      },
    );
    if (decision.kind !== "import") throw new Error(decision.reason);
    await createImporter(services, operator, { dryRun: false })([decision.planned]);
    const [row] = await gateway.app.database.reads.query(
      "SELECT email, typed_email FROM password_credentials WHERE id = '65f1a0c2b4d8e9f01234567a'",
    );
    expect({ ...row }).toEqual({ email: "joan@example.com", typed_email: "Joan@Example.com" });
  });
});
