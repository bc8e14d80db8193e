/** @type {import("jest").Config} */
export default {
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  // For the global setup alone: `runtime` compiles what tests import.
  transform: { "^.+\\.ts$": ["@swc/jest"] },
  runtime: "<rootDir>/test/support/native-runtime.cjs",
  testEnvironment: "<rootDir>/test/support/native-environment.cjs",
  testEnvironmentOptions: { globalsCleanup: "off" },
  testSequencer: "<rootDir>/test/support/longest-first.js",
  globalSetup: "<rootDir>/test/support/global-setup.ts",
  globalTeardown: "<rootDir>/test/support/global-teardown.ts",
  // Of a machine that does something else besides.
  testTimeout: 120_000,
  // More than the cores of a small machine: many tests wait, for timeouts and for programs that start.
  maxWorkers: 4,
  reporters: process.env.CI ? ["default", "<rootDir>/test/support/total-reporter.js"] : ["default"],
};
