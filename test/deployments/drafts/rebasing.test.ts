/** What becomes of a draft that another deployment overtook: the rule as a table, the act on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { rebase } from "../../../src/deployments/drafts/rebasing.ts";
import type { ProviderConfiguration } from "../../../src/entities/deployment.ts";
import { operator } from "../../support/contexts.ts";
import {
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
} from "../../support/gateway.ts";

const at = (name: string, enabled: boolean, settings: object = {}, type = name): ProviderConfiguration => ({
  name,
  type,
  enabled,
  settings: { ...settings },
});
const own = (name: string, enabled = true, settings: object = { issuer: "a" }) =>
  at(name, enabled, settings, "oidc");

it.each<
  [
    string,
    ...[ProviderConfiguration[], ProviderConfiguration[], ProviderConfiguration[], ProviderConfiguration[]],
  ]
>([
  ["keeps what only the other changed", [at("a", false)], [at("a", false)], [at("a", true)], [at("a", true)]],
  ["keeps what only the draft changed", [at("a", false)], [at("a", true)], [at("a", false)], [at("a", true)]],
  [
    "joins a switch of the one and settings of the other",
    [at("a", false, { x: 1 })],
    [at("a", true, { x: 1 })],
    [at("a", false, { x: 2 })],
    [at("a", true, { x: 2 })],
  ],
  [
    "gives the draft the last word where both changed settings, as a whole",
    [at("a", true, { x: 1, y: 1 })],
    [at("a", true, { x: 2, y: 1 })],
    [at("a", true, { x: 1, y: 2 })],
    [at("a", true, { x: 2, y: 1 })],
  ],
  ["keeps what the other added", [], [], [own("b")], [own("b")]],
  ["adds what the draft added", [], [own("b")], [], [own("b")]],
  ["takes the draft's where both added one", [], [own("b", false)], [own("b", true)], [own("b", false)]],
  ["removes what the draft removed", [own("b")], [], [own("b", false)], []],
  ["lets go what the other removed and the draft left alone", [own("b")], [own("b")], [], []],
  [
    "adds again what the other removed and the draft changed",
    [own("b")],
    [own("b", false)],
    [],
    [own("b", false)],
  ],
])("%s", (_fact, base, drafted, live, result) => expect(rebase(base, drafted, live)).toEqual(result));

describe.each(databases)("on %s", (name) => {
  let one: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(name);
    one = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await one.stop();
    await database.drop();
  });
  const save = (input: object): Promise<Answer> =>
    one.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { revision } }", {
      variables: { i: input },
    });
  const DRAFT =
    "draft { baseVersion revision changes { provider field after } ownChanges { provider field after } overtakenBy { version deployedBy changes { provider } } }";
  const draft = async () => (await one.admin(`{ ${DRAFT} }`)).data.draft;

  it("shows what overtook a draft, and puts its changes, secrets included, on top", async () => {
    const secret = "a-shared-secret-of-32-characters!!";
    await save({ name: "local-userpass", enabled: false });
    await one.admin('mutation { deploy(note: "two") { version } }');
    await save({
      name: "custom-token",
      enabled: true,
      settings: { issuer: "me", algorithms: ["HS256"], secret },
    });
    await one.admin("mutation { redeploy(version: 1) { version } }");
    const overtaken = await draft();
    expect(overtaken).toMatchObject({
      baseVersion: 2,
      overtakenBy: [{ version: 3, deployedBy: "ADMIN_KEY", changes: [{ provider: "local-userpass" }] }],
    });
    // Against what is live the draft would also undo what the other did; its own changes are only its own.
    expect(overtaken.changes).toContainEqual({ provider: "local-userpass", field: "enabled", after: false });
    expect(new Set(overtaken.ownChanges.map((each: { provider: string }) => each.provider))).toEqual(
      new Set(["custom-token"]),
    );
    expect(codeOf(await one.admin("mutation { deploy { version } }"))).toBe("DRAFT_CONFLICT");
    expect(
      (await one.admin("mutation { rebaseDraft { baseVersion overtakenBy { version } } }")).data.rebaseDraft,
    ).toEqual({
      baseVersion: 3,
      overtakenBy: [],
    });
    expect((await one.admin("mutation { deploy { version } }")).data.deploy.version).toBe(4);
    const { data } = await one.admin("{ compareDeployments(from: 3, to: 4) { provider field after } }");
    expect(data.compareDeployments).toContainEqual({
      provider: "custom-token",
      field: "settings.secret",
      after: "•••",
    });
    expect(JSON.stringify(data)).not.toContain("local-userpass");
    expect(one.app.services.providers.requireEnabled("custom-token").settings).toMatchObject({ secret });
  });

  it("drops a draft of which nothing is left, and says when there is none", async () => {
    await save({ name: "local-userpass", enabled: false });
    await one.app.services.deployments.redeploy(operator, 2);
    const { errors, data } = await one.admin("mutation { rebaseDraft { baseVersion } }");
    expect(errors).toBeUndefined();
    expect(data.rebaseDraft).toBeNull();
    expect(await draft()).toBeNull();
    expect(codeOf(await one.admin("mutation { rebaseDraft { baseVersion } }"))).toBe("NOTHING_TO_DEPLOY");
  });

  it("deploys or discards the draft that was reviewed, and no other", async () => {
    await save({ name: "anon-user", enabled: false });
    const { revision } = await draft();
    expect((await one.admin("{ review { draftRevision } }")).data.review.draftRevision).toBe(revision);
    await save({ name: "local-userpass", enabled: true });
    const withRevision = (mutation: string, r: string) =>
      one.admin(`mutation ($r: String) { ${mutation} }`, { variables: { r } });
    const late = await withRevision("deploy(draftRevision: $r) { version }", revision);
    expect(codeOf(late)).toBe("DRAFT_CONFLICT");
    expect(late.errors?.[0]?.extensions).toMatchObject({ draftUpdatedBy: "ADMIN_KEY" });
    expect(codeOf(await withRevision("discardDraft(draftRevision: $r)", revision))).toBe("DRAFT_CONFLICT");
    const now = (await draft()).revision;
    expect((await withRevision("deploy(draftRevision: $r) { version }", now)).errors).toBeUndefined();
  });

  it("reviews bringing a version back, and rejects it when another went live meanwhile", async () => {
    const { data } = await one.admin(
      "{ reviewRedeploy(version: 1) { baseVersion draftRevision changes { provider field after } impact { provider } } deployment(version: 1) { version note } nothing: deployment(version: 99) { version } }",
    );
    expect(data.reviewRedeploy.draftRevision).toBeNull();
    expect(data.reviewRedeploy.changes).toContainEqual({
      provider: "anon-user",
      field: "enabled",
      after: true,
    });
    expect(data.reviewRedeploy.impact.map((each: { provider: string }) => each.provider)).toContain(
      "anon-user",
    );
    expect(data.deployment).toEqual({ version: 1, note: "The first deployment" });
    expect(data.nothing).toBeNull();
    const { baseVersion } = data.reviewRedeploy;
    const redeploy = (base: number) =>
      one.admin(`mutation { redeploy(version: 1, baseVersion: ${base}) { version } }`);
    expect(codeOf(await redeploy(baseVersion - 1))).toBe("DRAFT_CONFLICT");
    expect((await redeploy(baseVersion)).data.redeploy.version).toBe(baseVersion + 1);
    expect(codeOf(await one.admin("{ reviewRedeploy(version: 99) { baseVersion } }"))).toBe("BAD_USER_INPUT");
    expect(codeOf(await one.admin("{ compareDeployments(from: 1, to: 99) { field } }"))).toBe(
      "BAD_USER_INPUT",
    );
  });
});
