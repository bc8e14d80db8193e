/**
 * The environment of `native-runtime.cjs`. Jest's `expect` runs in a context of its own: it must know the same Date and
 * Error as the tests do, or it would take theirs for objects without properties, which are all equal.
 */
const { TestEnvironment } = require("jest-environment-node");

const SHARED =
  "AggregateError Array ArrayBuffer BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array Float64Array Function Int16Array Int32Array Int8Array Map Number Object Promise RangeError ReferenceError RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet";

module.exports = class NativeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED.split(" ")) this.global[name] = globalThis[name];
  }
};
