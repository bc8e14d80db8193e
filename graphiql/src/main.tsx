import "graphiql/setup-workers/vite";
// Not the one sheet of all, which has the editor's once more, and fonts: those of the system are there already.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

createRoot(root).render(<App />);
