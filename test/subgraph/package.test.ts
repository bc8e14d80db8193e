/** The packed package in a project that has jose and graphql, and nothing of the gateway's other dependencies. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { installPackage, type Project } from "../support/packed-package.ts";

const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));

const consumer = `
import { GraphQLError } from "graphql";
import {
  AccessTokenError, type AccessTokenErrorCode, type Caller, type PasserbyContext,
  type EventData, type LifecycleHandler, type LifecycleOptions, type SeenStore,
  createVerifier, lifecycleHandler, passerbyContext, requirePermanentUser, requireUser, verifyAccessToken,
} from "passerby/subgraph";
import { createServer } from "node:http";
import { checkVerifier, deliver, signedEvent, startTestIssuer, TEST_SECRET, verifierSuite } from "passerby/testing";

const issuer = await startTestIssuer({ audience: "shop" });
const options = { issuer: issuer.issuer, audience: "shop", revocation: "list", fetch: globalThis.fetch } as const;
const claims = await verifyAccessToken(issuer.issueToken({ sub: "ada" }), options);
const [sub, isAnonymous]: [string, boolean] = [claims.sub, claims.is_anonymous];
const context: PasserbyContext = await passerbyContext({ ...options, GraphQLError, log: null })({
  headers: new Headers({ authorization: \`Bearer \${issuer.issueToken({ is_anonymous: true })}\` }),
});
const caller: Caller = requireUser(context);
let rejected = "";
try {
  requirePermanentUser(context);
} catch (error) {
  if (error instanceof GraphQLError) rejected = String(error.extensions.code);
}
let code: AccessTokenErrorCode | null = null;
try {
  await createVerifier(options)("garbage");
} catch (error) {
  if (error instanceof AccessTokenError) code = error.code;
}
const report = await checkVerifier((settings) => createVerifier(settings));
const ids = new Set<string>();
const seen: SeenStore = { has: async (id) => ids.has(id), add: async (id) => ids.add(id) };
const move = async ({ user, formerId }: EventData["user.merged"]) => \`\${formerId} is \${user.id}\`;
const lifecycle: LifecycleOptions = { secrets: [TEST_SECRET], onMerged: move, seen, log: null };
const handler: LifecycleHandler = lifecycleHandler({
  ...lifecycle,
  onEvent(event) {
    if (event.type === "session.ended") event.data.session.id.toUpperCase();
  },
});
createServer(handler).close();
const { receipt } = await deliver(handler.fetch, signedEvent("user.merged", { formerId: "g", user: { id: "ada" } }));
console.log(JSON.stringify([sub, isAnonymous, caller.isAnonymous, rejected, code, report.isGood, receipt]));
if (verifierSuite(() => () => null).length < 20) throw new Error("cases are missing");
await issuer.stop();
`;

/** Each line after the first is a mistake that types show. */
const wrong = [
  'import { lifecycleHandler, passerbyContext, requireUser, verifyAccessToken } from "passerby/subgraph"',
  'verifyAccessToken("t", {})',
  'verifyAccessToken("t", { issuer: "https://id.example", revocation: "sometimes" })',
  'passerbyContext({ issuer: "https://id.example", log: null })({})',
  "requireUser({})",
  "lifecycleHandler({ onMerged() {} })",
  'lifecycleHandler({ secrets: ["whsec_"], onDeleted: ({ formerId }) => formerId })',
];

describe("the packed package", () => {
  let project: Project;
  beforeAll(() => {
    project = installPackage(["jose", "graphql", "@types/node", "undici-types"]);
  });
  afterAll(() => project.remove());

  const run = (command: string, ...parameters: string[]) =>
    spawnSync(command, parameters, { cwd: project.folder, encoding: "utf8" });
  const compile = (file: string, options: readonly string[]) =>
    run(
      tsc,
      "--strict",
      "--target",
      "es2023",
      "--lib",
      "es2023",
      "--types",
      "node",
      "--outDir",
      "out",
      ...options,
      file,
    );

  it.each([
    ["nodenext", ["--module", "nodenext"]],
    ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
  ])("has types that hold under %s, and runs in Node without a dependency of the gateway", (_, options) => {
    project.write("consumer.ts", consumer);
    expect(compile("consumer.ts", options).stdout).toBe("");
    const { stdout, stderr } = run(process.execPath, "out/consumer.js");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(["ada", false, true, "FORBIDDEN", "TOKEN_INVALID", true, "g is ada"]);
    project.write("wrong.ts", `${wrong.join(";\n")};\n`);
    const { stdout: problems } = compile("wrong.ts", options);
    for (const [index] of wrong.slice(1).entries()) {
      expect(problems).toMatch(new RegExp(`^wrong\\.ts\\(${index + 2},\\d+\\): error TS`, "m"));
    }
    expect(problems).not.toMatch(/^wrong\.ts\(1,/m);
  });

  it("holds what the gateway needs to run, and no tests or sources", () => {
    const home = join(project.folder, "node_modules/passerby");
    for (const name of ["dist/main.js", "dist/cli.js", "mails", "schema/gateway.graphql", "LICENSE"]) {
      expect([name, existsSync(join(home, name))]).toEqual([name, true]);
    }
    for (const name of ["src", "test", "docs", "bench", ".env.example"]) {
      expect([name, existsSync(join(home, name))]).toEqual([name, false]);
    }
  });

  it("shows nothing but its two entries", () => {
    for (const entry of ["passerby", "passerby/dist/app.js", "passerby/dist/subgraph/verifier.js"]) {
      const { stderr } = run(process.execPath, "-e", `import(${JSON.stringify(entry)})`);
      expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
    }
  });
});
