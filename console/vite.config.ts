import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  // Scripts use relative URLs, because a proxy may serve the gateway below a path; the page gets the path from a meta tag.
  experimental: {
    renderBuiltUrl: (_file, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  plugins: [react()],
  build: { modulePreload: { polyfill: false } },
  server: { proxy: { "/admin": "http://127.0.0.1:4000", "/console/session": "http://127.0.0.1:4000" } },
});
