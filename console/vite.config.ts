import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: { modulePreload: { polyfill: false } },
  server: { proxy: { "/admin": "http://127.0.0.1:4000", "/console/session": "http://127.0.0.1:4000" } },
});
