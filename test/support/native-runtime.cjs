/**
 * Runs test files as Node itself would, in the worker's own realm, instead of in a VM context for each file. Jest's own
 * way loads type-graphql, Apollo and TypeORM anew for each of 150 files, which took longer than the tests.
 * The files below `test/` are new for each test file; `src/` and packages are loaded once in a worker, and `src/` again
 * when a file in it changed (`--watch`).
 */
const { createHash } = require("node:crypto");
const { mkdtempSync, readdirSync, statSync, writeFileSync } = require("node:fs");
const { findSourceMap, register } = require("node:module");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { default: Runtime } = require("jest-runtime");
require("reflect-metadata");

register("./native-hooks.js", pathToFileURL(__filename));
// Only so that Node keeps the maps that the hooks append; Jest applies them.
process.setSourceMapsEnabled(true);

let files = 0;

/**
 * The maps that Node read from what the hooks compiled, as the files in which Jest expects them. Each is written once: it is
 * asked for with every frame of every stack, also of the errors that GraphQL wraps.
 */
class SourceMaps extends Map {
  #folder;

  get(source) {
    if (!this.has(source)) this.set(source, this.#write(source));
    return super.get(source);
  }

  #write(source) {
    const map = findSourceMap(source);
    if (!map) return undefined;
    this.#folder ??= mkdtempSync(join(process.env.TEST_RUN_FOLDER ?? tmpdir(), "passerby-maps-"));
    const file = join(this.#folder, `${createHash("sha256").update(source).digest("hex")}.json`);
    writeFileSync(file, JSON.stringify(map.payload));
    return file;
  }
}
const sourceMaps = new SourceMaps();

function newestChange(folder) {
  const times = readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs);
  return Math.trunc(Math.max(...times));
}

module.exports = class NativeRuntime extends Runtime {
  #environment;
  #source;

  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    this.#environment = environment;
    this.#source = join(config.rootDir, "src");
  }

  /** Called by the test framework, before the test file is imported. */
  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    const { moduleMocker } = this.#environment;
    const jest = { fn: moduleMocker.fn.bind(moduleMocker), spyOn: moduleMocker.spyOn.bind(moduleMocker) };
    globalThis[Symbol.for("passerby.jest")] = { ...globals, jest };
  }

  unstable_importModule(path) {
    files++;
    return import(`${pathToFileURL(path)}?file=${files}&source=${newestChange(this.#source)}`);
  }

  /** Without `--experimental-vm-modules`, which is not needed here, Jest's own answer is no. */
  unstable_shouldLoadAsEsm(path) {
    return path.endsWith(".ts");
  }

  getSourceMaps() {
    return sourceMaps;
  }
};
