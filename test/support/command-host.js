/**
 * Runs commands of the built command line one after another in one process, since most of what a command costs is loading
 * its modules. A command that calls `process.exit` ends the process. Started by `command-line.ts`.
 */
import { pathToFileURL } from "node:url";

const [program, END] = process.argv.slice(2);
const url = pathToFileURL(program).href;
let commands = 0;

// Node opens them at the first use, which would be counted as something that a command left open.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.isTTY;

/** Calls back in a timer, so that what keeps the process alive is counted alike before and after a command. */
const inAMoment = (milliseconds, then) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(then()), milliseconds);
  });
const countResources = () => process.getActiveResourcesInfo().length;

async function run({ words, env, cwd }) {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, program, ...words];
  process.exitCode = 0;
  const before = await inAMoment(0, countResources);
  // Anew each time; what it imports stays loaded.
  await import(`${url}?command=${++commands}`);
  // In a process of its own the command would end when nothing keeps it alive.
  while ((await inAMoment(1, countResources)) > before);
  const status = process.exitCode;
  process.exitCode = 0;
  process.stdout.write(END);
  process.stderr.write(END);
  process.send({ status });
}

process.on("message", run);
