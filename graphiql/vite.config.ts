import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/graphiql/",
  plugins: [react()],
  build: { chunkSizeWarningLimit: 8_000, modulePreload: { polyfill: false } },
  worker: { format: "es" },
});
