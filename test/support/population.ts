/** A gateway with a believable population of all ages, as `npm run seed` makes it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ADMIN_KEY, createDatabase, type Gateway, MASTER_KEY, startGateway, TestClock } from "./gateway.ts";

export async function startPopulatedGateway(
  users: number,
): Promise<{ gateway: Gateway; stop(): Promise<void> }> {
  const database = await createDatabase("sqlite");
  const clock = new TestClock();
  const script = new URL("../../bench/seed.js", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [script, "--users", String(users), "--database", database.url, "--until", clock.now().toISOString()],
    { env: { PATH: String(process.env.PATH), MASTER_KEY, ADMIN_KEY }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let problem = "";
  child.stderr.on("data", (text) => {
    problem += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(problem);
  const gateway = await startGateway({ url: database.url, clock });
  return {
    gateway,
    async stop() {
      await gateway.stop();
      await database.drop();
    },
  };
}
