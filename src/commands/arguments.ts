/** Parsers of arguments. An invalid one ends the program with exit code 2. */
import { InvalidArgumentError } from "commander";

export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };

/** Words between commas. */
export const splitList = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

export function onOff(text: string): boolean {
  if (text !== "on" && text !== "off") {
    throw new InvalidArgumentError(`${JSON.stringify(text)} must be on or off.`);
  }
  return text === "on";
}
