/** `npm run test:unit`: what needs no database, no other program and no browser. */
import config from "./jest.config.js";
import { unitTests } from "./test/support/unit-tests.js";

const { globalSetup: _setup, globalTeardown: _teardown, ...withoutDatabase } = config;

/** @type {import("jest").Config} */
export default {
  ...withoutDatabase,
  testMatch: unitTests(import.meta.dirname).map((path) => `<rootDir>/${path}`),
  testTimeout: 10_000,
};
