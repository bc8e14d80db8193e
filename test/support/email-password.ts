/** The mutations around email and password, in one line each. */
import type { Answer, Gateway } from "./gateway.ts";

export const PASSWORD = "correct horse";

type Options = { token?: string };

const mutation =
  (name: string, names: readonly string[], fields: string) =>
  (gateway: Gateway, ...values: readonly string[]): Promise<Answer> =>
    gateway.graph(
      `mutation (${names.map((each) => `$${each}: String!`).join(", ")}) { ${name}(${names.map((each) => `${each}: $${each}`).join(", ")}) { ${fields} } }`,
      { variables: Object.fromEntries(names.map((each, index) => [each, values[index]])) },
    );

export const register = mutation("registerEmailPassword", ["email", "password"], "email needsConfirmation");
export const confirmEmail = mutation("confirmEmail", ["token"], "email");
export const resendConfirmation = mutation("resendEmailConfirmation", ["email"], "email");
export const requestReset = mutation("requestPasswordReset", ["email"], "email");
export const resetPassword = mutation("resetPassword", ["token", "password"], "email");

export const changePassword = (
  gateway: Gateway,
  { token }: Options,
  currentPassword: string,
  newPassword: string,
): Promise<Answer> =>
  gateway.graph(
    "mutation ($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) { sessionsEnded } }",
    { token, variables: { c: currentPassword, n: newPassword } },
  );
