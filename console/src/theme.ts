import { createTheme } from "@mantine/core";

/** Colours are picked so that text on them reads at 4.5 : 1 in both schemes (WCAG 2.1, 1.4.3). */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
});
