/** Adjusts GraphiQL's editors: line wrapping, small screens, readable colors. */
import { useGraphiQL, useGraphiQLActions, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

/** The same as `--font-family-mono` in styles.css. */
const MONOSPACE = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const NARROW = "(max-width: 700px)";

export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

/** GraphiQL does not export its themes: these repeat its colors, with token colors at a contrast of 4.5 : 1. */
const themes = {
  "graphiql-DARK": createTheme("vs-dark", {
    primary: "#ff5794",
    background: "#212a3b",
    input: "#b7c2d711",
    focused: "#ffffff",
    tokens: { "argument.identifier.gql": "#908aff", comment: "#8fbc7c" },
  }),
  "graphiql-LIGHT": createTheme("vs", {
    primary: "#d60590",
    background: "#ffffff",
    input: "#3b4b6811",
    focused: "#444444",
    tokens: { "argument.identifier.gql": "#6c69ce", number: "#076e48" },
  }),
};

function createTheme(
  base: "vs" | "vs-dark",
  {
    primary,
    background,
    input,
    focused,
    tokens,
  }: {
    primary: string;
    background: string;
    input: string;
    focused: string;
    tokens: Record<string, string>;
  },
) {
  const faint = `${primary}19`;
  return {
    base,
    inherit: true,
    colors: {
      "editor.background": "#ffffff00",
      "scrollbar.shadow": "#ffffff00",
      "textLink.foreground": primary,
      "textLink.activeForeground": primary,
      "editorLink.activeForeground": primary,
      "editorHoverWidget.background": background,
      "list.hoverBackground": faint,
      "list.highlightForeground": primary,
      "list.focusHighlightForeground": primary,
      "menu.background": background,
      "menu.selectionBackground": faint,
      "menu.selectionForeground": primary,
      "editorSuggestWidget.background": background,
      "editorSuggestWidget.selectedBackground": faint,
      "editorSuggestWidget.selectedForeground": primary,
      "quickInput.background": background,
      "quickInputList.focusBackground": faint,
      "quickInputList.focusForeground": focused,
      "editorWidget.background": background,
      "editorWidget.resizeBorder": primary,
      "input.background": input,
      "inputOption.hoverBackground": faint,
      "toolbar.hoverBackground": faint,
      "pickerGroup.foreground": primary,
      focusBorder: primary,
    },
    rules: Object.entries(tokens).map(([token, foreground]) => ({ token, foreground })),
  };
}

function useLegibleThemes(): void {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    for (const [name, theme] of Object.entries(themes)) monaco?.editor.defineTheme(name, theme);
  }, [monaco]);
}

/** Makes the editors follow the system's color scheme, which they read only when a theme is set. */
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
          fontFamily: MONOSPACE,
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

/** Lets a swipe scroll the tabs instead of reordering them, which is GraphiQL's default. */
function useScrollingTabs(): void {
  useEffect(() => {
    const preventDragging = (event: PointerEvent): void => {
      const isOnTab = event.target instanceof Element && event.target.closest(".graphiql-tab");
      if (event.pointerType === "touch" && isOnTab) event.stopPropagation();
    };
    window.addEventListener("pointerdown", preventDragging, true);
    return () => window.removeEventListener("pointerdown", preventDragging, true);
  }, []);
}

export function useEditors(): void {
  useScrollingTabs();
  useSystemTheme();
  useLegibleThemes();
  useFittingLines();
}
