import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page and the graph on one origin, as behind a reverse proxy: no CORS.
const graphql = process.env.GATEWAY_URL ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", proxy: { "/graphql": graphql } },
});
