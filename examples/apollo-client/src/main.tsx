import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { enterAsGuest } from "./session.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

// Where guests are not let in, or nothing answers, the page still shows the ways in.
await enterAsGuest().catch(() => {});
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
