import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { useEffect } from "react";
import { fetcher } from "./fetcher.ts";
import { sessionPlugin } from "./session-plugin.tsx";
import { tabs } from "./tabs.ts";

const plugins = [HISTORY_PLUGIN, sessionPlugin];

/** The page follows the system at once; its editors look at the system only when a theme is set. */
function useSystemTheme(): void {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    if (theme) return;
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const follow = (): void => setTheme(null);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme, setTheme]);
}

function Logo() {
  useSystemTheme();
  return <span className="graphiql-logo-link">Passerby</span>;
}

export function App() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      plugins={plugins}
      visiblePlugin={sessionPlugin}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <Logo />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
