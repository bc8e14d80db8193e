import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { fetcher } from "./fetcher.ts";
import { sessionPlugin } from "./session-plugin.tsx";
import { tabs } from "./tabs.ts";

const plugins = [HISTORY_PLUGIN, sessionPlugin];

export function App() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      plugins={plugins}
      visiblePlugin={sessionPlugin}
      defaultEditorToolsVisibility="variables"
    />
  );
}
