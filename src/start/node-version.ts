/** Imports nothing, because on an older Node.js what it imported might not even be read. */

const [MAJOR, MINOR] = [20, 19];

/** @param version such as `v20.19.0` */
export function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major < MAJOR || (major === MAJOR && minor < MINOR);
}

/** Ends the process with a sentence where Node.js is too old to run the program. */
export function requireNode(): void {
  if (!isOldNode(process.version)) return;
  process.stderr.write(`Passerby needs Node.js ${MAJOR}.${MINOR} or newer; this is ${process.version}.\n`);
  process.exit(1);
}
