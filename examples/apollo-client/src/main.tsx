import "./styles.css";
import { PasserbyProvider } from "@passerby/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { passerby } from "./passerby.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root element.");

// Not awaited, so that the page renders even while the gateway does not respond: `useSession` has the outcome.
passerby.getAccessToken().catch(() => {});
createRoot(root).render(
  <StrictMode>
    <PasserbyProvider client={passerby}>
      <App />
    </PasserbyProvider>
  </StrictMode>,
);
