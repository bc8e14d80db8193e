import { Code } from "@mantine/core";

/** Renders a description, in which backticks mark code. */
export const describe = (text: string | undefined) =>
  text?.split("`").map((part, index) =>
    // Odd parts are between backticks.
    index % 2 === 1 ? <Code key={part}>{part}</Code> : part,
  );
