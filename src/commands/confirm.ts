/** Asks for confirmation of something dangerous; without a terminal it fails unless `--yes` is given. */
import { createInterface } from "node:readline";
import type { Danger } from "../deployments/review/dangers.ts";
import type { OutputOptions } from "./run.ts";

/** Nothing was done: the answer was not yes, or there is no terminal. */
export class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
  constructor(
    message: string,
    readonly dangers: readonly Danger[],
  ) {
    super(message);
  }
}

export interface ConfirmOptions extends OutputOptions {
  readonly yes?: boolean;
}

export interface Question {
  /** Asked on a terminal. */
  readonly question: string;
  /** What would be lost, without the full stop: the error without a terminal. */
  readonly loss: string;
  /** Such as "Nothing was deleted." */
  readonly nothing: string;
  /** How to do it without being asked. */
  readonly anyway: string;
  /** Of a deployment. */
  readonly dangers?: readonly Danger[];
}

/** @throws NotConfirmedError */
export async function confirm(
  { yes, json }: ConfirmOptions,
  { question, loss, nothing, anyway, dangers = [] }: Question,
): Promise<void> {
  if (yes) return;
  if (!json && process.stdin.isTTY && process.stderr.isTTY) {
    if (await ask(`${question} [y/N] `)) return;
    throw new NotConfirmedError(nothing, dangers);
  }
  throw new NotConfirmedError(`${loss}. ${nothing} ${anyway}`, dangers);
}

/** An empty answer, the end of the input and Ctrl+C count as no. */
function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once("close", () => resolve(false));
    terminal.question(question, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer));
      terminal.close();
    });
  });
}
