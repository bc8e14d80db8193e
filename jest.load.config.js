/** `npm run test:load`: what takes minutes, against the built program as a process of its own. */
import config from "./jest.config.js";

/** @type {import("jest").Config} */
export default {
  ...config,
  roots: ["<rootDir>/test/load"],
  testMatch: ["**/*.load.ts"],
  // They would take each other's processor time, which is what most of them measure.
  maxWorkers: 1,
  testTimeout: 3_600_000,
};
