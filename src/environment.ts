/** What the gateway and the commands are told: the environment, and `.env` in the current folder where that is silent. */
import { SettingsError } from "./settings.ts";

/** @throws SettingsError when there is a `.env` that cannot be read */
export function readEnvironment(): NodeJS.ProcessEnv {
  try {
    process.loadEnvFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new SettingsError([`.env cannot be read (${code})`]);
  }
  return process.env;
}
