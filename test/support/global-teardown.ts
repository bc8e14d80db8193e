import { rmSync } from "node:fs";

export default async function stopPostgres(): Promise<void> {
  rmSync(String(process.env.TEST_RUN_FOLDER), { recursive: true, force: true });
  await globalThis.passerbyPostgres?.stop();
}
