/** The direction of imports, as ARCHITECTURE.md draws it. */
const rule = (name, from, to, comment) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: to },
  comment,
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "Arrows go one way.", from: {}, to: { circular: true } },
    rule(
      "nouns-know-nothing",
      "^src/entities/",
      "^src/(?!entities/)",
      "entities/ holds nouns and imports no other folder.",
    ),
    rule(
      "database-knows-nouns-only",
      "^src/database/",
      "^src/(identity|mail|deployments|providers|schema|graphql|admin|realm|http|jobs|commands|app|core|settings|services|refusal|bearer)",
      "database/ may import entities/, errors and the clock.",
    ),
    rule(
      "audit-knows-no-rules",
      "^src/audit/",
      "^src/(?!audit/|database/|entities/|errors|clock|storable-text)",
      "audit/ is told what rules did; it may import database/, entities/, errors, storable-text and the clock.",
    ),
    rule(
      "mail-knows-no-rules",
      "^src/mail/",
      "^src/(?!mail/|database/|entities/|errors|clock|vault)",
      "mail/ sends what identity/ decides; it may import database/, entities/, errors, the clock and the vault.",
    ),
    rule(
      "identity-knows-no-surface",
      "^src/identity/",
      "^src/(deployments|providers|schema|graphql|admin|realm|http|jobs|commands|app|core|settings|services|refusal|bearer)",
      "identity/ states rules; it knows no HTTP, no GraphQL operation and no settings object.",
    ),
    rule(
      "deployments-know-no-surface",
      "^src/deployments/",
      "^src/(providers|schema|graphql|admin|realm|http|jobs|commands|app|core|settings|services|refusal|bearer)",
      "deployments/ gets the registry as an argument.",
    ),
    rule(
      "providers-know-the-contract-only",
      "^src/providers/",
      "^src/(?!providers/|entities/|errors|outgoing-request|read-json|parse-url|claim-path|email-address|storable-(text|profile)|identity/provider\\.ts)",
      "A provider may import the contract in identity/provider.ts, entities/, errors, outgoing-request, read-json, parse-url, claim-path, email-address, storable-text and storable-profile.",
    ),
    {
      name: "only-the-registry-names-a-provider",
      severity: "error",
      comment: "Nothing outside providers/ imports a concrete provider or a part of one.",
      from: { path: "^src/", pathNot: "^src/providers/" },
      to: { path: "^src/providers/(?!index)" },
    },
    {
      name: "only-core-imports-the-registry",
      severity: "error",
      comment: "Nothing imports the registry but core.ts.",
      from: { path: "^src/", pathNot: "^src/core\\.ts$" },
      to: { path: "^src/providers/index\\.ts$" },
    },
    {
      name: "a-provider-knows-no-other",
      severity: "error",
      comment:
        "What providers share is in a folder; the providers themselves are named by providers/index.ts alone.",
      from: { path: "^src/providers/(?!index\\.ts$)" },
      to: { path: "^src/providers/[^/]+\\.ts$" },
    },
    rule(
      "graphql-is-its-own",
      "^src/graphql/",
      "^src/(admin|realm|http|jobs|commands|app|core|settings)",
      "Surfaces never import each other; what both graphs share is in schema/.",
    ),
    rule(
      "admin-is-its-own",
      "^src/admin/",
      "^src/(graphql|realm|http|jobs|commands|app|core|settings)",
      "Surfaces never import each other; what both graphs share is in schema/.",
    ),
    rule(
      "schema-is-below-the-graphs",
      "^src/schema/",
      "^src/(graphql|admin|realm|http|jobs|commands|app|core|settings)",
      "schema/ is what both graphs are made of.",
    ),
    rule(
      "realm-is-its-own",
      "^src/realm/",
      "^src/(graphql|admin|schema|http|jobs|commands|app\\.|core\\.|settings|providers|mail|database)",
      "The Realm protocol is a surface over the same rules, and states none of its own.",
    ),
    rule(
      "jobs-are-their-own",
      "^src/jobs/",
      "^src/(graphql|admin|realm|http|schema|commands|app|core|settings)",
      "Surfaces never import each other.",
    ),
    {
      name: "what-subgraphs-import-runs-alone",
      severity: "error",
      comment: "subgraph/ is imported by servers without a gateway; it may import jose, and nothing of ours.",
      from: { path: "^src/subgraph/" },
      to: { pathNot: "^(src/subgraph/|node_modules/jose/)" },
    },
    {
      name: "what-tests-of-subgraphs-import-runs-alone",
      severity: "error",
      comment:
        "testing/ is imported by tests without a gateway; it may import subgraph/, jose and what Node brings.",
      from: { path: "^src/testing/" },
      to: { path: "^(src/(?!testing/|subgraph/)|node_modules/(?!jose/))" },
    },
    {
      name: "the-gateway-is-not-its-own-consumer",
      severity: "error",
      comment:
        "What subgraphs import is no part of the gateway, which has rules of its own for the same tokens.",
      from: { path: "^src/(?!subgraph/|testing/)" },
      to: { path: "^src/(subgraph|testing)/" },
    },
    rule(
      "the-shell-knows-no-app",
      "^src/http/",
      "^src/(jobs|commands|app\\.ts|core\\.ts|providers)",
      "http/ is connected by app.ts.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node"],
    },
  },
};
