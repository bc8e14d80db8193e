import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { isNarrow, useEditors } from "./editors.ts";
import { fetcher } from "./fetcher.ts";
import { NextStep } from "./next-step.tsx";
import { sessionPlugin } from "./session-plugin.tsx";
import { tabs } from "./tabs.ts";

const plugins = [HISTORY_PLUGIN, sessionPlugin];
/** Without it the editor marks every member of a JSON object as a mistake. */
const scalars = { JSONObject: { type: "object" as const } };
/** On a small screen a panel covers everything, so none is open initially. */
const opensSmall = isNarrow();

function Logo() {
  useEditors();
  return <span className="graphiql-logo-link">Passerby</span>;
}

export function App() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      plugins={plugins}
      customScalarSchemas={scalars}
      visiblePlugin={opensSmall ? undefined : sessionPlugin}
      defaultEditorToolsVisibility={opensSmall ? false : "variables"}
    >
      <GraphiQL.Logo>
        <Logo />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <NextStep />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
