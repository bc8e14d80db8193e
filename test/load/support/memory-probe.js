/**
 * Loaded into the gateway under load: tells how much memory is in use once everything unused was collected, and for how long
 * its event loop stood still at worst, which a busy machine adds nothing to but its own pauses.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on("message", (message) => {
  if (message !== "memory") return;
  const standstillMs = Math.round(delay.max / 1e6);
  globalThis.gc?.();
  globalThis.gc?.();
  delay.reset();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  process.send?.({ heapUsed, external, arrayBuffers, rss, standstillMs });
});
process.channel?.unref();
