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

A GraphQL error has the code in \`extensions.code\`, for programs, and a message for people. The HTTP status is that of
requests that fail as a whole, such as with an invalid token; an error of a field has the status 200.

| code | status | message |
| --- | --- | --- |
${Object.entries(errorCatalogue)
  .map(([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`)
  .join("\n")}

Some errors have further fields in \`extensions\`:

| code | fields |
| --- | --- |
| \`RATE_LIMITED\`, \`SERVICE_UNAVAILABLE\` | \`retryAfterSeconds\` |
| \`WEAK_PASSWORD\` | \`reason\`: \`LENGTH\` (with \`minLength\` and \`maxLength\`), \`COMMON\` or \`CHARACTERS\` |
| \`BAD_USER_INPUT\` for provider settings | \`problems\`: a list of \`provider\`, \`field\` and \`message\` |
| \`DRAFT_CONFLICT\` | the present state: \`liveVersion\`, \`draftUpdatedBy\`, or \`provider\` with \`revision\`, \`changedBy\` and \`changedAt\` |
| \`INTERNAL_SERVER_ERROR\` | \`errorId\`, which is also in the log |
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
