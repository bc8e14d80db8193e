import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { describe } from "./description.tsx";
import type { Problem } from "./values.ts";

/** Whether a problem belongs to a field; its path may point into the field's value. */
export const isAbout = (path: string, { field }: Problem): boolean =>
  field === path || field.startsWith(`${path}.`);

/**
 * The problems of a field, each as a sentence of its own.
 * @param lines the field's text, if it has an item on each line
 * @returns undefined when there are none
 */
export function problemsAt(path: string, problems: readonly Problem[], lines?: string): ReactNode {
  const sentences = problems
    .filter((each) => isAbout(path, each))
    .map(({ field, message }) => {
      const inner = field.slice(path.length + 1);
      const clause = message.replace(`${field}: `, "");
      const place = inner === "" ? "" : `${lines === undefined ? inner : `Line ${lineOf(lines, inner)}`}: `;
      return `${place}${clause}${/[.!?]$/.test(clause) ? "" : "."}`;
    });
  if (sentences.length === 0) return undefined;
  return sentences.map((sentence) => (
    <Text span inherit display="block" key={sentence}>
      {describe(sentence)}
    </Text>
  ));
}

/** Empty lines are no items, but an operator counts them. */
function lineOf(text: string, item: string): number {
  const numbers = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));
  return numbers[Number(item)] ?? Number(item) + 1;
}
