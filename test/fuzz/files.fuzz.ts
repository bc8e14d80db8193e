/** What operators give as files: `.env`, providers of App Services, and exported users. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readRecords } from "../../src/commands/exported-records.ts";
import { readAllSettings } from "../../src/core.ts";
import { PasserbyError } from "../../src/errors.ts";
import { decideImport } from "../../src/import/imported-users.ts";
import { parseProvidersJson } from "../../src/import/providers-json.ts";
import { readEnvironment } from "../../src/settings/environment.ts";
import { SettingsError } from "../../src/settings/settings.ts";
import { canonicalEmail } from "../../src/text/email-address.ts";
import { fuzz } from "./support/fuzz.ts";
import { mutated } from "./support/mutated.ts";

const [home, environment] = [process.cwd(), { ...process.env }];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "passerby-fuzz-"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Runs `work`; what it throws must be one of the errors whose text an operator gets. */
async function expectSentence(
  work: () => unknown,
  kinds: readonly (new (...args: never[]) => Error)[],
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
    expect((error as Error).message).not.toBe("");
  }
}

const encodings: readonly BufferEncoding[] = ["utf8", "utf16le", "latin1"];

it("no .env ends in anything but settings or a sentence", async () => {
  const files = [
    "PORT=3000\nPUBLIC_URL=https://auth.example.com/x\nDATABASE_URL=postgres://u:p%40@db:5432/shop?sslmode=require\n",
    "\ufeffexport HOST='::1'\nCORS_ORIGINS=\"https://*.example.com, capacitor://localhost\" # pages\nTRUST_PROXY=10.0.0.0/8,loopback\n",
    "MASTER_KEY=0123456789-0123456789-0123456789\r\nRATE_LIMITS=logins=20/300,registrations=off\r\nMETRICS_PORT=off\r\n",
    "SMTP_URL=smtps://u:p@mail.example.com:465\nMAIL_FROM=Shop <shop@example.com>\nSESSION_DAYS=30\nACCESS_TOKEN_SECONDS=1800\n",
    "INITIAL_PROVIDERS=anon-user,local-userpass,api-key\nAPP_ID=shop-abcde\nREALM=off\nLOG_LEVEL=info\n",
  ];
  const input = fc.record({
    text: mutated(files, ["=", "off", "\n", "export ", "DATABASE_URL=", "#", "$PORT"]),
    encoding: fc.constantFrom(...encodings),
  });
  await fuzz(input, async ({ text, encoding }) => {
    writeFileSync(".env", Buffer.from(text, encoding));
    try {
      await expectSentence(() => readAllSettings({ ...readEnvironment() }), [SettingsError]);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    }
  });
});

it("no file of providers is an internal error, and none that was restricted is enabled without the restriction", async () => {
  const files = [
    {
      "oauth2-google": {
        name: "oauth2-google",
        type: "oauth2-google",
        disabled: false,
        config: { clientId: "a", openId: true },
        secret_config: { clientSecret: "s" },
        metadata_fields: [{ required: true, name: "email", field_name: "mail" }],
        redirect_uris: ["https://a.example"],
        domain_restrictions: ["example.com"],
      },
    },
    {
      "custom-token": {
        name: "custom-token",
        type: "custom-token",
        disabled: false,
        config: { audience: ["a"], requireAnyAudience: true, signingAlgorithm: "HS256", useJWKURI: false },
        secret_config: { signingKeys: ["k"] },
        metadata_fields: [{ required: true, name: "user_data.name", field_name: "name" }],
      },
    },
    {
      "local-userpass": {
        name: "local-userpass",
        type: "local-userpass",
        config: { autoConfirm: false, runConfirmationFunction: true, confirmationFunctionName: "f" },
      },
    },
    {
      "oauth2-apple": {
        name: "oauth2-apple",
        type: "oauth2-apple",
        config: { clientId: "a" },
        domain_restrictions: ["example.com"],
      },
    },
  ].map((file) => JSON.stringify(file));
  await fuzz(mutated(files, ["true", "false", '"disabled":', '"type":"oidc",']), (text) =>
    expectSentence(() => {
      for (const { enabled, obstacles } of parseProvidersJson(text)) {
        expect([enabled, obstacles.length > 0]).not.toEqual([true, true]);
      }
    }, [PasserbyError]),
  );
});

it("no exported user ends an import", async () => {
  const users = [
    '{"_id":"65f1a0c2b4d8e9f012345678","type":"normal","identities":[{"id":"a","provider_type":"local-userpass","provider_data":{"email":"Ada@Example.com"}}],"creation_date":1714521600,"disabled":false,"data":{"name":"Ada"}}',
    '[{"_id":{"$oid":"65f1a0c2b4d8e9f012345678"},"identities":[{"id":"b","provider_type":"anon-user"}],"creation_date":{"$date":"2026-05-01T00:00:00Z"}},{"_id":"x","identities":[{"id":"c","provider_type":"oauth2-google","provider_data":{"email":"a@b.example"}}],"last_authentication_date":{"$numberLong":"1714521600"}}]',
    '{"_id":"y","identities":[{"id":"d","provider_type":"api-key"},{"id":"e","provider_type":"custom-token"}],"data":null}\n{"_id":"z","login_ids":[]}\n',
  ];
  const rules = {
    now: new Date("2026-06-01T12:00:00Z"),
    policy: { anonymousUserDays: 90 },
    anonymousFrom: "creation" as const,
    normalizeEmail(text: string): string {
      const email = canonicalEmail(text);
      if (email === null) throw new PasserbyError("BAD_USER_INPUT");
      return email;
    },
  };
  await fuzz(mutated(users, ["\n", "null", '{"$date":', '"type":"server",']), async (text) => {
    writeFileSync("users.json", text);
    await expectSentence(async () => {
      for await (const { value } of readRecords("users.json")) {
        const decision = value === undefined ? null : decideImport(value, rules);
        if (decision?.kind !== "import") continue;
        expect(decision.planned.user.id).toMatch(/^[\w-]{1,100}$/);
        expect(decision.planned.identities.length).toBeGreaterThan(0);
      }
    }, [PasserbyError]);
  });
});
