import classes from "./overview.module.css";

/** Patterns over the colors, so that series are distinguishable without color. */
const marks: readonly string[] = [
  "",
  "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
  "M2,2 h2 v2 h-2 z M6,6 h2 v2 h-2 z",
  "M0,4 h8",
  "M4,0 v8",
  "M0,0 l8,8 M8,0 l-8,8",
  // Plain grey, for the remainder.
  " ",
];

/** The SVG fills of all charts, defined once per page. */
export const Patterns = () => (
  <svg className={classes.patterns} aria-hidden="true" focusable="false">
    <title>Patterns of the charts</title>
    <defs>
      {marks.map((mark, look) => (
        <pattern key={mark} id={`series-${look}`} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" fill={`var(--series-${look})`} />
          <path d={mark} stroke="var(--mantine-color-body)" strokeWidth="1.5" fill="none" />
        </pattern>
      ))}
    </defs>
  </svg>
);

export const fillOf = (look: number): string => `url(#series-${look})`;
