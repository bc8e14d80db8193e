/** Imports nothing: an older Node.js might not parse what it imports. */

const [MAJOR, MINOR] = [20, 19];

/** @param version such as `v20.19.0` */
export function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major < MAJOR || (major === MAJOR && minor < MINOR);
}

/** Ends the process with a message if Node.js is too old. */
export function requireNode(): void {
  if (!isOldNode(process.version)) return;
  process.stderr.write(
    `Passerby requires Node.js ${MAJOR}.${MINOR} or newer; this is ${process.version}. Install a newer version from https://nodejs.org.\n`,
  );
  process.exit(1);
}
