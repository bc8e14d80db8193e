/**
 * `npm run check:words`: the words that this project does not use, and what it says instead. The glossary in
 * CONTRIBUTING.md says why. A word is looked for in code, comments and prose, also across the end of a line.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const ROOTS = [
  "src",
  "schema",
  "console/src",
  "graphiql/src",
  "packages",
  "deploy",
  "examples",
  "bench",
  "test",
  "scripts",
  "docs",
  "mails",
  ".github",
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
];
const READ = new Set([".ts", ".tsx", ".js", ".md", ".html", ".txt", ".graphql", ".yml", ".yaml", ".css"]);
const SKIPPED = /(^|\/)(node_modules|dist|build|images|migrations|check-words\.[a-z.]+)($|\/)/;

/** Between two words: also the end of a line, with the sign that begins a comment or a quotation. */
const GAP = String.raw`[\s*/>#]+`;

/** `except` names paths, from the root, in which the word is meant literally. */
const WORDS = [
  {
    word: "ways? in",
    unlessFollowedBy: "which|both|each|all|the|a|one|this|that|other",
    say: "sign-in method, provider or identity",
  },
  { word: "who(m|se)?ever", say: "name the person or the program: a client, an operator, an attacker" },
  { word: "somebody(?: else)?", say: "a user, another user, an attacker" },
  { word: "nobody", say: "no user, no client; or say it without a subject" },
  { word: "at this very moment", say: "at the same time, now" },
  { word: "e-mails?", say: "email" },
  { word: "known users?", say: "permanent user" },
  { word: "(?:is|are|was) over", unlessFollowedBy: "the|a|\\d", say: "has expired, has ended" },
  { word: "(?:goes|go|went) on", unlessFollowedBy: "the|a", say: "continues" },
  {
    word: "refus(?:e|es|ed|al|als|ing)",
    say: "fails with an error; a token, file or setting is rejected",
    // How failed logins and events are called in the database, and names that were changed.
    except: ["src/entities/", "src/statistics/", "test/load/kills.load.ts", "bench/harness/", "CHANGELOG.md"],
  },
  { word: "switch(?:es|ed|ing)? (?:off|on)", say: "disable, enable" },
  { word: "live sessions?", say: "active session" },
  {
    word: 'mails(?![/=:"`|])',
    say: "emails; sends an email",
    // The limit `mails`, as the program calls it.
    except: ["src/rate-limits/", "src/identity/login/account-emails.ts"],
  },
  { word: "an? (?:e-)?mail(?= (?:to|of|that|with|whose|is|was))", say: "an email" },
  { word: "(?:at|in) the (?:same|very) moment", say: "at the same time" },
  { word: "what it takes", say: "name the thing" },
  { word: "told apart", say: "distinguished" },
  {
    word: "(?:is|are) no(?: valid)? (?:JSON|JWT|text|string|number|id|time|date|address|email|URL|token|key|object|tag)s?",
    say: "is not a …",
  },
  { word: "makes no sense", say: "is not valid" },
  { word: "vault", say: "encryption" },
  {
    word: "(?:un)?seal(?:s|ed|ing)?",
    say: "encrypt, decrypt",
    // The key of an encrypted setting in the database, and the label of the key derivation.
    except: ["src/deployments/configuration.ts", "src/encryption.ts", "test/deployments/"],
  },
];

/** @returns each forbidden word of a text, in its order, with what to say instead */
export function forbiddenWords(text, path = "", words = WORDS) {
  const found = [];
  for (const { word, unlessFollowedBy, say, except = [] } of words) {
    if (except.some((each) => path.startsWith(each))) continue;
    const follows = unlessFollowedBy ? `(?!${GAP}(?:${unlessFollowedBy})\\b)` : "";
    const pattern = new RegExp(`(?<![\\w-])${word.replaceAll(" ", GAP)}(?![\\w-])${follows}`, "gi");
    for (const match of text.matchAll(pattern))
      found.push({
        line: text.slice(0, match.index).split("\n").length,
        word: match[0].replace(/\s+/g, " "),
        say,
      });
  }
  return found.sort((a, b) => a.line - b.line);
}

function* filesBelow(path) {
  if (SKIPPED.test(path)) return;
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isDirectory()) for (const name of readdirSync(path)) yield* filesBelow(join(path, name));
  else if (kind && READ.has(extname(path))) yield path;
}

/** The last column of the glossary in CONTRIBUTING.md lists the words that are not used. */
const read = (path) => {
  const text = readFileSync(path, "utf8");
  return path === "CONTRIBUTING.md" ? text.replace(/^(\|.*)\|[^|\n]*\|$/gm, "$1|") : text;
};

function main() {
  let count = 0;
  for (const root of ROOTS)
    for (const path of filesBelow(root))
      for (const { line, word, say } of forbiddenWords(read(path), relative(".", path))) {
        console.error(`${path}:${line}: “${word}”. Say: ${say}.`);
        count++;
      }
  if (count > 0) {
    console.error(`\n${count} words that this project does not use (scripts/check-words.js).`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main();
