/** Generates files from the code; with `--check` fails if one is stale. */
import "reflect-metadata";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAdminGraph } from "./admin/graph.ts";
import { errorCatalogue } from "./errors.ts";
import { buildGatewayGraph } from "./graphql/graph.ts";
import { type SettingRow, settingsTable } from "./settings/table.ts";

const settings = Object.entries(settingsTable) as [string, SettingRow<unknown>][];

const configurationPage = (): string => `# Configuration

Settings are environment variables, read once at startup by the gateway and by the commands; an empty value counts as not set.
Those that are not set are read from \`.env\` in the current folder (UTF-8 or UTF-16). With invalid settings, or a \`.env\` that
cannot be read, the gateway does not start, and lists all problems.

| setting | default | description |
| --- | --- | --- |
${settings.map(([name, { fallback, description }]) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : "none"} | ${description.replaceAll("|", "\\|")} |`).join("\n")}
`;

const environmentExample = (): string =>
  `# Copy to .env. The gateway and the commands read it in the current folder. Variables of the environment take precedence.\n${settings
    .map(([name, { fallback, description }]) => `\n# ${description}\n#${name}=${fallback}\n`)
    .join("")}`;

const errorsPage = (): string => `# Errors

GraphQL answers carry the code in \`extensions.code\`; programs read the code, people the sentence. The HTTP status is
that of responses that fail as a whole, such as to a request with an invalid token.

| code | status | sentence |
| --- | --- | --- |
${Object.entries(errorCatalogue)
  .map(([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`)
  .join("\n")}

\`RATE_LIMITED\` and \`SERVICE_UNAVAILABLE\` also carry \`retryAfterSeconds\`, \`WEAK_PASSWORD\` a \`reason\` (\`LENGTH\`, with \`minLength\` and \`maxLength\`, \`COMMON\`, or \`CHARACTERS\`), \`BAD_USER_INPUT\` for provider settings carries \`problems\` (a list of
\`provider\`, \`field\` and \`message\`), \`DRAFT_CONFLICT\` carries what stands there now (\`liveVersion\`, \`draftUpdatedBy\`, or \`provider\` with its \`revision\`, \`changedBy\` and \`changedAt\`), and \`INTERNAL_SERVER_ERROR\` an \`errorId\` that is also in the log.
`;

const files: Record<string, () => string> = {
  "schema/gateway.graphql": () => buildGatewayGraph().sdl,
  "schema/admin.graphql": () => buildAdminGraph().sdl,
  "docs/configuration.md": configurationPage,
  "docs/errors.md": errorsPage,
  ".env.example": environmentExample,
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

const isCheck = process.argv.includes("--check");
for (const [name, make] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const content = make();
  if (read(path) === content) continue;
  if (isCheck) {
    process.stderr.write(`${name} is stale. Run \`npm run generate\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    process.stdout.write(`wrote ${name}\n`);
  }
}
