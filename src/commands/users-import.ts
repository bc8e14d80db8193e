/** users import: users exported from App Services, in batches. A run that was interrupted can be repeated. */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import type { Command } from "commander";
import { Option } from "commander";
import { PasserbyError } from "../errors.ts";
import { createImporter } from "../import/import-users.ts";
import { decideImport, type ImportedUser, type ImportRules } from "../import/imported-users.ts";
import type { Services } from "../services.ts";
import { readRecords } from "./exported-records.ts";
import { examples } from "./help.ts";
import { commandContext, createProgress, type OutputOptions, plain, print, withCore } from "./run.ts";

interface ImportOptions extends OutputOptions {
  readonly dryRun?: boolean;
  readonly anonymousFrom: ImportRules["anonymousFrom"];
  readonly report?: string;
}

const BATCH = 500;
/** The report has all. */
const SHOWN = 20;

interface Rejected {
  readonly line: number;
  readonly id: string | null;
  readonly outcome: "left out" | "rejected";
  readonly reason: string;
}

interface Summary {
  imported: number;
  present: number;
  leftOut: number;
  rejected: number;
  /** Imported users by provider. */
  readonly providers: Record<string, number>;
  /** The first users that were not imported. */
  readonly notImported: Rejected[];
}

export function addImportCommand(users: Command): void {
  users
    .command("import <file>")
    .description(
      "import users exported from App Services; - for standard input. Repeat it after an interruption",
    )
    .option("--dry-run", "check the file, store nothing")
    .addOption(
      new Option(
        "--anonymous-from <when>",
        "from when the age of anonymous users is counted, at which they expire",
      )
        .choices(["creation", "now"])
        .default("creation"),
    )
    .option(
      "--report <file>",
      "write users that were not imported, with the reason, one JSON object per line",
    )
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples(
        "passerby users import users.json --dry-run --report rejected.ndjson",
        "passerby users import users.json",
      ),
    )
    .action((file: string, options: ImportOptions) =>
      withCore(async ({ services }) => {
        const summary = await runImport(services, file, options);
        print(summary, options, await summaryLines(services, summary, options));
        if (summary.rejected > 0) process.exitCode = 1;
      }),
    );
}

async function runImport(services: Services, file: string, options: ImportOptions): Promise<Summary> {
  const { dryRun = false, anonymousFrom, report: reportFile } = options;
  const rules: ImportRules = {
    now: services.clock.now(),
    policy: services.policy,
    anonymousFrom,
    normalizeEmail: await findNormalizer(services),
  };
  const summary: Summary = {
    imported: 0,
    present: 0,
    leftOut: 0,
    rejected: 0,
    providers: {},
    notImported: [],
  };
  const total = file === "-" ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const report = openReport(reportFile, file);
  const store = createImporter(services, commandContext(), { dryRun });
  const progress = createProgress(dryRun ? "Checking" : "Importing");
  const note = (rejected: Rejected): void => {
    summary[rejected.outcome === "rejected" ? "rejected" : "leftOut"] += 1;
    if (summary.notImported.length < SHOWN) summary.notImported.push(rejected);
    report.write(rejected);
  };

  let batch: { line: number; planned: ImportedUser }[] = [];
  const flush = async (): Promise<void> => {
    const outcomes = await store(batch.map(({ planned }) => planned));
    for (const [index, { line, planned }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === "PRESENT") summary.present += 1;
      else if (outcome === "IMPORTED") countIn(summary, planned);
      else note({ line, id: planned.user.id, outcome: "rejected", reason: String(outcome?.conflict) });
    }
    batch = [];
  };
  for await (const { line, value, bytes } of readRecords(file)) {
    const decision = value === undefined ? notJson : decideImport(value, rules);
    if (decision.kind === "import") batch.push({ line, planned: decision.planned });
    else {
      const outcome = decision.kind === "reject" ? "rejected" : "left out";
      note({ line, id: decision.id, outcome, reason: decision.reason });
    }
    if (batch.length >= BATCH) {
      await flush();
      progress.update(bytes, Math.max(bytes, total));
    }
  }
  await flush();
  progress.end();
  report.close();
  return summary;
}

const notJson = { kind: "reject", id: null, reason: "it is not valid JSON, or it is truncated" } as const;

function countIn(summary: Summary, { identities }: ImportedUser): void {
  summary.imported += 1;
  for (const provider of new Set(identities.map((identity) => identity.provider))) {
    summary.providers[provider] = (summary.providers[provider] ?? 0) + 1;
  }
}

async function findNormalizer({ deployments }: Services): Promise<ImportRules["normalizeEmail"]> {
  const passwords = (await deployments.states())
    .map(({ provider }) => provider.passwords)
    .find((each) => each);
  if (!passwords) throw new PasserbyError("PROVIDER_NOT_FOUND");
  return (email) => passwords.normalizeEmail(email);
}

/** With mode 0600, because it contains emails. @throws PasserbyError BAD_USER_INPUT */
function openReport(
  file: string | undefined,
  exported: string,
): { write(rejected: Rejected): void; close(): void } {
  if (file === undefined) return { write() {}, close() {} };
  if (isSameFile(file, exported)) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${file} is the export itself. Choose another file for --report.`,
    });
  }
  try {
    const descriptor = openSync(file, "w", 0o600);
    return {
      write: (rejected) => void writeSync(descriptor, `${JSON.stringify(rejected)}\n`),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PasserbyError("BAD_USER_INPUT", { message: `${file} cannot be written: ${code}.` });
  }
}

/** Also through a link. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

async function summaryLines(
  services: Services,
  { imported, present, leftOut, rejected, providers, notImported }: Summary,
  { dryRun, report }: ImportOptions,
): Promise<string[]> {
  const live = services.providers.enabledProviders().map(({ name }) => name);
  const off = Object.keys(providers).filter((name) => !live.includes(name));
  const hidden = leftOut + rejected - notImported.length;
  return [
    `${dryRun ? "Would import" : "Imported"} ${users(imported)}; ${present} already present, ${leftOut} left out, ${rejected} rejected.`,
    ...Object.entries(providers).map(([name, count]) => `  ${name}  ${users(count)}`),
    ...(providers["local-userpass"]
      ? [
          "Passwords cannot be exported: users with an email need a password reset before they can log in.",
          "`passerby users send-resets` emails all of them a link to choose a password.",
        ]
      : []),
    ...off.map((name) => `${name} is disabled: enable and deploy it, so that its users can log in.`),
    ...notImported.map(({ line, id, outcome, reason }) =>
      plain(`line ${line}, ${id ?? "no id"}: ${outcome}, ${reason}`),
    ),
    ...(hidden > 0 ? [`${hidden} more${report ? ` in ${report}` : "; --report <file> lists all"}.`] : []),
  ];
}

const users = (count: number): string => (count === 1 ? "1 user" : `${count} users`);
