/**
 * Templates: a text and an HTML file for each kind of email, and one layout for all HTML. The first line of a text
 * file is the subject. `{{name}}` is replaced by its value; `{{#name}}…{{/name}}` is shown if the value is not empty,
 * `{{^name}}…{{/name}}` if it is. An operator's files replace the built-in ones one by one.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmailKind, emailKinds } from "./mail.ts";

const builtIn = fileURLToPath(new URL("../../mails", import.meta.url));

export interface EmailValues {
  readonly email: string;
  /** The display name of the sender. */
  readonly sender: string;
  /** "" when the email shows a token instead. */
  readonly link: string;
  /** "" when the email has a link instead. */
  readonly token: string;
  readonly minutes: string;
  /** Six digits; "" in emails without a code. */
  readonly code?: string;
  /** The address, when a user who is logged in linked it; "" when it was registered. */
  readonly added?: string;
}

export interface RenderedEmail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Render = (kind: EmailKind, values: EmailValues) => RenderedEmail;

/** The problems of all templates, one line each. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

const bodyNames = ["email", "sender", "link", "token", "minutes", "code", "added"];
const layoutNames = ["content", "subject", "sender"];

const kinds = Object.keys(emailKinds) as EmailKind[];
const SUBJECT = /^Subject: *(.+)\n/;

/**
 * Reads and checks all templates.
 * @param folder the operator's templates; null for the built-in ones only
 * @throws TemplateError
 */
export function loadTemplates(folder: string | null): Render {
  const problems: string[] = [];
  const read = (name: string, known: readonly string[]): string => {
    const own = folder && join(folder, name);
    const text = readFileSync(own && existsSync(own) ? own : join(builtIn, name), "utf8")
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
    problems.push(...problemsOf(text, known).map((problem) => `${name} ${problem}`));
    return text;
  };
  if (folder && !existsSync(folder)) throw new TemplateError([`the folder ${folder} does not exist`]);
  const layout = read("layout.html", layoutNames);
  if (!layout.includes("{{content}}")) problems.push("layout.html needs {{content}}");
  const sources = new Map(
    kinds.map((kind) => {
      const text = read(`${kind}.txt`, bodyNames);
      if (!SUBJECT.test(text)) problems.push(`${kind}.txt needs a first line such as "Subject: Hello"`);
      return [kind, { text, html: read(`${kind}.html`, bodyNames) }] as const;
    }),
  );
  if (problems.length > 0) throw new TemplateError(problems);

  return (kind, values) => {
    const source = sources.get(kind);
    if (!source) throw new Error(`There is no template ${kind}.`);
    const given: Record<string, string> = { added: "", code: "", ...values };
    const filled = fill(source.text, given, onOneLine);
    const subject = SUBJECT.exec(filled)?.[1]?.trim() ?? "";
    const content = fill(source.html, given, escapeHtml);
    return {
      subject,
      text: `${filled.replace(SUBJECT, "").trim()}\n`,
      html: fill(layout, { ...given, subject, content }, (value, name) =>
        name === "content" ? value : escapeHtml(value),
      ),
    };
  };
}

const TAG = /\{\{([#^/]?)(\w+)\}\}/g;
const SECTION = /\{\{([#^])(\w+)\}\}([\s\S]*?)\{\{\/\2\}\}/g;
/** A line with nothing but a section's tag is removed with its line break. */
const LONE_TAG = /^[ \t]*(\{\{[#^/]\w+\}\})[ \t]*\n/gm;

function problemsOf(text: string, known: readonly string[]): string[] {
  const names = [...text.matchAll(TAG)].map((match) => match[2] ?? "");
  const unknown = names
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `has the unknown placeholder {{${name}}}; there are ${known.map((each) => `{{${each}}}`).join(", ")}`,
    );
  const isUnclosed = [...text.replace(SECTION, "$3").matchAll(TAG)].some((match) => match[1]);
  return isUnclosed ? [...unknown, "has a section that is not closed, or one inside another"] : unknown;
}

/** Sections first and values last, in one pass, so that tags in a value are not expanded. */
function fill(
  source: string,
  values: Readonly<Record<string, string>>,
  written: (value: string, name: string) => string,
): string {
  return source
    .replace(LONE_TAG, "$1")
    .replace(SECTION, (_, sign, name, inner) => ((values[name] !== "") === (sign === "#") ? inner : ""))
    .replace(TAG, (_, __, name) => written(values[name] ?? "", name));
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (each) => entities[each] ?? each);

/** Prevents header injection: a value cannot start a new line. */
const onOneLine = (value: string): string => value.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
