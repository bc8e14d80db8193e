import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative, because a proxy may serve the gateway below a path.
  base: "./",
  plugins: [react()],
  build: { chunkSizeWarningLimit: 8_000, modulePreload: { polyfill: false } },
  worker: { format: "es" },
});
