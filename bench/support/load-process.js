/** Runs one load for the parent process and sends it the figures. */
import { load } from "./load.js";
import { scenarios } from "./scenarios.js";

process.once("message", async (/** @type {any} */ { scenario, ...options }) => {
  try {
    process.send?.({ figures: await load({ ...options, client: scenarios[scenario] }) });
  } catch (error) {
    process.send?.({ error: `${scenario}: ${/** @type {Error} */ (error).message}` });
  }
  process.disconnect();
});
