import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startVisit } from "./session.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root element.");

// Not awaited, so that the page renders even while the gateway does not respond.
startVisit();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
