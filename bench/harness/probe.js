/** Loaded into every measured server: reports its processor time and memory on request. */
process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, megabytes: process.memoryUsage.rss() / 1_048_576 });
});
process.channel?.unref();
