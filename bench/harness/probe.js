/** Loaded into every measured server: reports its processor time and memory on request. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

process.on("message", (message) => {
  if (message === "usage") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicroseconds: user + system });
  }
  if (message === "heap") {
    // Resident memory says when V8 collects garbage, not what is kept.
    setFlagsFromString("--expose-gc");
    runInNewContext("gc")();
    process.send?.({ heapMegabytes: process.memoryUsage().heapUsed / 1_048_576 });
  }
});
process.channel?.unref();
