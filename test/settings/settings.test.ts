import { describe, expect, it } from "@jest/globals";
import { readAllSettings } from "../../src/core.ts";
import { readSettings, SettingsError } from "../../src/settings/settings.ts";

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

describe("settings", () => {
  it("have safe defaults", () => {
    expect(readSettings({})).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      databaseUrl: "sqlite:data/passerby.sqlite",
      initialProviders: ["anon-user"],
      anonymousUserDays: 90,
      accessTokenSeconds: 1800,
      trustProxy: false,
    });
  });
  it("count as absent when empty", () =>
    expect(readSettings({ PORT: " ", ADMIN_KEY: "" })).toEqual(readSettings({})));
  it("report every problem at once, by name", () => {
    const problems = problemsOf({
      PORT: "99999",
      HOST: "",
      MASTER_KEY: "short",
      CORS_ORIGINS: "example.com",
      TRUST_PROXY: "true",
      RATE_LIMITS: "lots",
      ACCESS_TOKEN_SECONDS: "-1",
      DATABASE_URL: "mysql://x",
    });
    expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
      "ACCESS_TOKEN_SECONDS",
      "CORS_ORIGINS",
      "DATABASE_URL",
      "MASTER_KEY",
      "PORT",
      "RATE_LIMITS",
      "TRUST_PROXY",
    ]);
  });
  it("reject PostgreSQL without keys", () => {
    expect(
      problemsOf({ DATABASE_URL: "postgres://localhost/x" }).map((problem) => problem.split(" ")[0]),
    ).toEqual(["MASTER_KEY", "ADMIN_KEY"]);
  });
  it.each([`${"k".repeat(32)}.`, `${"k".repeat(32)}!`, `pbk_${"k".repeat(32)}`])(
    "reject an admin key that could never be sent: %s",
    (key) =>
      expect(problemsOf({ ADMIN_KEY: key })).toEqual([
        expect.stringMatching(/^ADMIN_KEY may contain letters/),
      ]),
  );
  it("reject one key for two purposes", () => {
    const key = "k".repeat(32);
    expect(problemsOf({ MASTER_KEY: key, ADMIN_KEY: key })).toHaveLength(1);
    expect(problemsOf({ MASTER_KEY: "short", ADMIN_KEY: "short" })).toEqual([
      expect.stringMatching(/^MASTER_KEY must have/),
      expect.stringMatching(/^ADMIN_KEY must have/),
    ]);
  });
  it("are judged by the parts that use them together with everything else", () => {
    const read = () =>
      readAllSettings({ PORT: "x", INITIAL_PROVIDERS: "nope", MAIL_TEMPLATES: "/no/such/folder" });
    expect(read).toThrow(/PORT must[\s\S]*INITIAL_PROVIDERS names "nope"[\s\S]*MAIL_TEMPLATES: the folder/);
  });
});
