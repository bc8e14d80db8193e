/** The program cannot start. The message names the fix and is printed without a stack. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}
