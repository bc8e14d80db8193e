import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  // Relative, where a script asks: a proxy may show the gateway below a path. The page itself is told the path.
  experimental: {
    renderBuiltUrl: (_file, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  plugins: [react()],
  build: { modulePreload: { polyfill: false } },
  server: { proxy: { "/admin": "http://127.0.0.1:4000", "/console/session": "http://127.0.0.1:4000" } },
});
