/** What the editors of GraphiQL lack: wrapped lines, room on a small screen, legible comments in the dark. */
import { useGraphiQL, useGraphiQLActions, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

const NARROW = "(max-width: 700px)";

export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

/** GraphiQL gives its themes to nobody, so these are its colours once more. */
const DARK = {
  base: "vs-dark",
  inherit: true,
  colors: {
    "editor.background": "#ffffff00",
    "scrollbar.shadow": "#ffffff00",
    "textLink.foreground": "#ff5794",
    "textLink.activeForeground": "#ff5794",
    "editorLink.activeForeground": "#ff5794",
    "editorHoverWidget.background": "#212a3b",
    "list.hoverBackground": "#ff579419",
    "list.highlightForeground": "#ff5794",
    "list.focusHighlightForeground": "#ff5794",
    "menu.background": "#212a3b",
    "menu.selectionBackground": "#ff579419",
    "menu.selectionForeground": "#ff5794",
    "editorSuggestWidget.background": "#212a3b",
    "editorSuggestWidget.selectedBackground": "#ff579419",
    "editorSuggestWidget.selectedForeground": "#ff5794",
    "quickInput.background": "#212a3b",
    "quickInputList.focusBackground": "#ff579419",
    "quickInputList.focusForeground": "#ffffff",
    "editorWidget.background": "#212a3b",
    "editorWidget.resizeBorder": "#ff5794",
    "input.background": "#b7c2d711",
    "inputOption.hoverBackground": "#ff579419",
    "toolbar.hoverBackground": "#ff579419",
    "pickerGroup.foreground": "#ff5794",
    focusBorder: "#ff5794",
  },
  rules: [
    { token: "argument.identifier.gql", foreground: "#908aff" },
    { token: "comment", foreground: "#8fbc7c" },
  ],
} as const;

const GRAPHIQL_DARK = "graphiql-DARK";

function useLegibleComments(): void {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    monaco?.editor.defineTheme(GRAPHIQL_DARK, { ...DARK, rules: [...DARK.rules] });
  }, [monaco]);
}

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

function useFittingLines(): void {
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const headers = useGraphiQL((state) => state.headerEditor);
  const response = useGraphiQL((state) => state.responseEditor);
  useEffect(() => {
    const narrow = window.matchMedia(NARROW);
    const fit = (): void => {
      const isSmall = narrow.matches;
      for (const editor of [query, variables, headers, response]) {
        editor?.updateOptions({
          wordWrap: "on",
          wrappingIndent: "indent",
          fontSize: isSmall ? 14 : 15,
          lineNumbers: isSmall || editor === response ? "off" : "on",
          folding: !isSmall,
        });
      }
    };
    fit();
    narrow.addEventListener("change", fit);
    return () => narrow.removeEventListener("change", fit);
  }, [query, variables, headers, response]);
}

/** A swipe scrolls the tabs; left to GraphiQL, it would put them in another order. */
function useScrollingTabs(): void {
  useEffect(() => {
    const keepFromDragging = (event: PointerEvent): void => {
      const isOnTab = event.target instanceof Element && event.target.closest(".graphiql-tab");
      if (event.pointerType === "touch" && isOnTab) event.stopPropagation();
    };
    window.addEventListener("pointerdown", keepFromDragging, true);
    return () => window.removeEventListener("pointerdown", keepFromDragging, true);
  }, []);
}

export function useEditors(): void {
  useScrollingTabs();
  useSystemTheme();
  useLegibleComments();
  useFittingLines();
}
