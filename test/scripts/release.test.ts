import { expect, it } from "@jest/globals";
import { release } from "../../scripts/release.js";

const older = "## 0.1.0 (2026-01-01)\n\n- Logins.\n";

it("a release dates what was unreleased, and opens a new section", () => {
  expect(
    release(`# Changelog\n\n## Unreleased\n\n- Passkeys, $& too.\n\n${older}`, "0.2.0", "2026-02-01"),
  ).toBe(`# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-02-01)\n\n- Passkeys, $& too.\n\n${older}`);
});

it("the first release names its version in the heading", () => {
  expect(release("## 0.1.0 (unreleased)\n\n- Logins.\n", "0.1.0", "2026-01-01")).toBe(
    `## Unreleased\n\n${older}`,
  );
});

it.each([
  ["no unreleased section", `# Changelog\n\n${older}`, "no section"],
  ["an empty unreleased section", `## Unreleased\n\n${older}`, "says nothing"],
])("a changelog with %s is not released", (_name, changelog, message) => {
  expect(() => release(changelog, "0.2.0", "2026-02-01")).toThrow(message);
});
