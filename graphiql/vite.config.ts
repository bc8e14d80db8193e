import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative: a proxy may show the gateway below a path.
  base: "./",
  plugins: [react()],
  build: { chunkSizeWarningLimit: 8_000, modulePreload: { polyfill: false } },
  worker: { format: "es" },
});
