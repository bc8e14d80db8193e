import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startVisit } from "./session.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

// Not awaited: the page is there at once, also while the gateway does not answer.
startVisit();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
