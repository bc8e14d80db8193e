import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

createRoot(root).render(<App />);
