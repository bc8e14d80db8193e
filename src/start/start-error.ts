/** Why the program does not start, in a sentence that names the fix: it is shown without a stack. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}
