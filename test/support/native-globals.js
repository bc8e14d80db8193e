/** `@jest/globals` for `native-runtime.cjs`: each name means that of the test file which is running. */
const current = (name) => globalThis[Symbol.for("passerby.jest")][name];

const live = (name) =>
  new Proxy(() => {}, {
    apply: (_target, _this, args) => current(name)(...args),
    get: (_target, property) => current(name)[property],
  });

export const afterAll = live("afterAll");
export const afterEach = live("afterEach");
export const beforeAll = live("beforeAll");
export const beforeEach = live("beforeEach");
export const describe = live("describe");
export const expect = live("expect");
export const it = live("it");
export const jest = live("jest");
export const test = live("test");
