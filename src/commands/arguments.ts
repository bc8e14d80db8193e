/** How words of a command line are read. A wrong one ends the program with 2. */
import { InvalidArgumentError } from "commander";

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };

export function onOff(text: string): boolean {
  if (text !== "on" && text !== "off") {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is neither on nor off.`);
  }
  return text === "on";
}
