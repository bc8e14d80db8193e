/** `npm run test:fuzz`: everything that parses, with input made up from good input. FUZZ_SECONDS (60) is for all targets together. */
import config from "./jest.config.js";

/** @type {import("jest").Config} */
export default {
  ...config,
  roots: ["<rootDir>/test/fuzz"],
  testMatch: ["**/*.fuzz.ts"],
  testTimeout: 86_400_000,
};
