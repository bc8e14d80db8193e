import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// localhost, because browsers bind passkeys to a domain, not to an address. Page and graph on one origin, as behind a reverse proxy, so that no CORS is needed.
const graphql = process.env.GATEWAY_URL ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  server: { host: "localhost", proxy: { "/graphql": graphql } },
});
