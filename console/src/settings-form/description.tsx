import { Code } from "@mantine/core";

/** A setting's description, in which backticks mark code. */
export const describe = (text: string | undefined) =>
  text?.split("`").map((part, index) =>
    // Every second part stood between two of them.
    index % 2 === 1 ? <Code key={part}>{part}</Code> : part,
  );
