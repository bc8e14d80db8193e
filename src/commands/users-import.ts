/** Bringing users of App Services here: a file of them, in batches, as often as it takes. */
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import type { Command } from "commander";
import { Option } from "commander";
import { PasserbyError } from "../errors.ts";
import { createImporter } from "../import/import-users.ts";
import { decideImport, type ImportedUser, type ImportRules } from "../import/imported-users.ts";
import type { Services } from "../services.ts";
import { readRecords } from "./exported-records.ts";
import { createProgress, type OutputOptions, plain, print, withCore } from "./run.ts";

interface ImportOptions extends OutputOptions {
  readonly dryRun?: boolean;
  readonly anonymousFrom: ImportRules["anonymousFrom"];
  readonly report?: string;
}

const BATCH = 500;
/** More are in the report. */
const SHOWN = 20;

interface Refused {
  readonly line: number;
  readonly id: string | null;
  readonly outcome: "left out" | "refused";
  readonly reason: string;
}

interface Summary {
  imported: number;
  present: number;
  leftOut: number;
  refused: number;
  /** How many of the imported have an identity of each provider. */
  readonly providers: Record<string, number>;
  /** The first that were not imported. */
  readonly notImported: Refused[];
}

export function addImportCommand(users: Command): void {
  users
    .command("import <file>")
    .description("users exported from App Services; - is standard input. Run it again after an interruption")
    .option("--dry-run", "say what would happen, and store nothing")
    .addOption(
      new Option("--anonymous-from <when>", "what the age of anonymous users counts from")
        .choices(["creation", "now"])
        .default("creation"),
    )
    .option("--report <file>", "write who was not imported and why, one JSON object a line")
    .option("--json", "for programs")
    .action((file: string, options: ImportOptions) =>
      withCore(async ({ services }) => {
        const summary = await runImport(services, file, options);
        print(summary, options, await summaryLines(services, summary, options));
        if (summary.refused > 0) process.exitCode = 1;
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
    refused: 0,
    providers: {},
    notImported: [],
  };
  const total = file === "-" ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const report = openReport(reportFile, file);
  const store = createImporter(services, { dryRun });
  const progress = createProgress(dryRun ? "Checking" : "Importing");
  const note = (refused: Refused): void => {
    summary[refused.outcome === "refused" ? "refused" : "leftOut"] += 1;
    if (summary.notImported.length < SHOWN) summary.notImported.push(refused);
    report.write(refused);
  };

  let batch: { line: number; planned: ImportedUser }[] = [];
  const flush = async (): Promise<void> => {
    const outcomes = await store(batch.map(({ planned }) => planned));
    for (const [index, { line, planned }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === "PRESENT") summary.present += 1;
      else if (outcome === "IMPORTED") countIn(summary, planned);
      else note({ line, id: planned.user.id, outcome: "refused", reason: String(outcome?.conflict) });
    }
    batch = [];
  };
  for await (const { line, value, bytes } of readRecords(file)) {
    const decision = value === undefined ? notJson : decideImport(value, rules);
    if (decision.kind === "import") batch.push({ line, planned: decision.planned });
    else {
      const outcome = decision.kind === "refuse" ? "refused" : "left out";
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

const notJson = { kind: "refuse", id: null, reason: "it is not valid JSON, or it is cut off" } as const;

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

/** E-mails are in it, so it is for its owner alone. @throws PasserbyError BAD_USER_INPUT */
function openReport(
  file: string | undefined,
  exported: string,
): { write(refused: Refused): void; close(): void } {
  if (file === undefined) return { write() {}, close() {} };
  if (isSameFile(file, exported)) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${file} is the export itself. Give --report another file.`,
    });
  }
  try {
    const descriptor = openSync(file, "w", 0o600);
    return {
      write: (refused) => void writeSync(descriptor, `${JSON.stringify(refused)}\n`),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PasserbyError("BAD_USER_INPUT", { message: `${file} cannot be written: ${code}.` });
  }
}

/** Also by another name, such as a link. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

async function summaryLines(
  services: Services,
  { imported, present, leftOut, refused, providers, notImported }: Summary,
  { dryRun, report }: ImportOptions,
): Promise<string[]> {
  const live = services.providers.enabledProviders().map(({ name }) => name);
  const off = Object.keys(providers).filter((name) => !live.includes(name));
  const hidden = leftOut + refused - notImported.length;
  return [
    `${dryRun ? "Would import" : "Imported"} ${users(imported)}; ${present} there already, ${leftOut} left out, ${refused} refused.`,
    ...Object.entries(providers).map(([name, count]) => `  ${name}  ${users(count)}`),
    ...(providers["local-userpass"]
      ? [
          "Passwords could not be exported: who has an e-mail chooses a new one, by a reset, before logging in.",
          "`passerby users send-resets` mails them all a link to do so.",
        ]
      : []),
    ...off.map((name) => `${name} is off: deploy it before its users come back.`),
    ...notImported.map(({ line, id, outcome, reason }) =>
      plain(`line ${line}, ${id ?? "no id"}: ${outcome}, ${reason}`),
    ),
    ...(hidden > 0
      ? [`${hidden} more${report ? ` in ${report}` : "; --report <file> writes them all"}.`]
      : []),
  ];
}

const users = (count: number): string => (count === 1 ? "1 user" : `${count} users`);
