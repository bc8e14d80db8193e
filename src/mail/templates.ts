/**
 * Templates: a text and an HTML file for each kind of mail, and one layout around all HTML. The first line of a text
 * file is the subject. `{{name}}` is replaced, `{{#name}}…{{/name}}` shown where there is such a value, `{{^name}}…{{/name}}`
 * where there is none. An operator's files replace ours one by one.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmailKind, emailKinds } from "./mail.ts";

const ours = fileURLToPath(new URL("../../mails", import.meta.url));

export interface EmailValues {
  readonly email: string;
  /** Who sends the mail, for people. */
  readonly sender: string;
  /** "" where there is none. */
  readonly link: string;
  /** For a mail without a link; "" where there is none. */
  readonly token: string;
  readonly minutes: string;
  /** The email, where a user who is signed in added it to their account; "" where it was registered. */
  readonly added?: string;
}

export interface RenderedEmail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Render = (kind: EmailKind, values: EmailValues) => RenderedEmail;

/** What is wrong with the templates, one line each. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

const bodyNames = ["email", "sender", "link", "token", "minutes", "added"];
const layoutNames = ["content", "subject", "sender"];

const kinds = Object.keys(emailKinds) as EmailKind[];
const SUBJECT = /^Subject: *(.+)\n/;

/**
 * Reads and checks all templates.
 * @param folder the operator's; null for ours alone
 * @throws TemplateError
 */
export function loadTemplates(folder: string | null): Render {
  const problems: string[] = [];
  const read = (name: string, known: readonly string[]): string => {
    const own = folder && join(folder, name);
    const text = readFileSync(own && existsSync(own) ? own : join(ours, name), "utf8")
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
    const given: Record<string, string> = { added: "", ...values };
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
/** A section's tag that stands alone leaves no empty line behind. */
const LONE_TAG = /^[ \t]*(\{\{[#^/]\w+\}\})[ \t]*\n/gm;

function problemsOf(text: string, known: readonly string[]): string[] {
  const names = [...text.matchAll(TAG)].map((match) => match[2] ?? "");
  const unknown = names
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `has {{${name}}}, which nothing is known of; there are ${known.map((each) => `{{${each}}}`).join(", ")}`,
    );
  const isOpen = [...text.replace(SECTION, "$3").matchAll(TAG)].some((match) => match[1]);
  return isOpen ? [...unknown, "has a section that is not closed, or one inside another"] : unknown;
}

/** Sections first and values last, in one pass: what a value says is never read as a tag. */
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

/** A value can begin neither a new line nor, so, a new header. */
const onOneLine = (value: string): string => value.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
