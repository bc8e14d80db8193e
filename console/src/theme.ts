import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Modal: { styles: { title: { fontWeight: 600 } } },
    // A `header` in a dialog would be a second banner landmark beside the page's.
    ModalHeader: { defaultProps: { role: "presentation" } },
    NavLink: { styles: { root: { borderRadius: "var(--mantine-radius-md)" } } },
  },
});

/** Overrides Mantine's colors for a text contrast of 4.5 : 1 in both schemes (WCAG 2.1, 1.4.3). */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-error": colors.red[9],
    "--mantine-color-anchor": colors.indigo[9],
    "--mantine-color-red-outline": colors.red[9],
    "--mantine-color-red-light-color": colors.red[9],
    "--mantine-color-yellow-light-color": "#7a4a00",
    "--mantine-color-green-light-color": "#1b6b2f",
    "--mantine-color-teal-light-color": "#0a6448",
    "--mantine-color-indigo-light-color": colors.indigo[9],
    "--mantine-color-gray-light-color": colors.gray[8],
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[1],
    "--mantine-color-error": colors.red[4],
    "--mantine-color-anchor": colors.indigo[2],
    "--mantine-color-red-outline": colors.red[4],
    // Mantine's defaults look like filled buttons.
    "--mantine-color-yellow-light": "#352c14",
    "--mantine-color-yellow-light-color": colors.yellow[4],
    "--mantine-color-red-light": "#3c2323",
    "--mantine-color-red-light-color": colors.red[3],
    "--mantine-color-green-light": "#1f3325",
    "--mantine-color-green-light-color": colors.green[4],
    "--mantine-color-gray-light-color": colors.gray[3],
  },
});
