import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./styles.css";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { fetcher } from "./fetcher.ts";
import { sessionPlugin } from "./session-plugin.tsx";
import { tabs } from "./tabs.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs}
    plugins={[HISTORY_PLUGIN, sessionPlugin]}
    visiblePlugin={sessionPlugin}
    defaultEditorToolsVisibility="variables"
  />,
);
