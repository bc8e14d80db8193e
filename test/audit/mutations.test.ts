/** Every mutation of both graphs leaves an event, or says why it leaves none. A new one is not forgotten. */
import "reflect-metadata";
import { expect, it } from "@jest/globals";
import { buildAdminGraph } from "../../src/admin/graph.ts";
import { type AuditAction, auditActions } from "../../src/audit/actions.ts";
import { buildGatewayGraph } from "../../src/graphql/graph.ts";

const gateway: Record<string, AuditAction[] | string> = {
  login: ["LOGGED_IN"],
  loginAnonymous:
    "the user and the session say it, and a row more would cost every visitor; rejections are LOGGED_IN",
  linkIdentity: ["IDENTITY_LINKED", "MERGE_OFFERED"],
  mergeUser: ["USER_MERGED"],
  unlinkIdentity: ["IDENTITY_UNLINKED"],
  refreshSession: ["SESSION_REUSED"],
  logout: ["LOGGED_OUT"],
  endSession: ["LOGGED_OUT"],
  deleteMe: ["USER_DELETED"],
  registerEmailPassword: ["REGISTERED"],
  confirmEmail: ["EMAIL_CONFIRMED"],
  resendEmailConfirmation: "a stranger's request, which changes nothing",
  requestPasswordReset: "a stranger's request, which changes nothing",
  resetPassword: ["PASSWORD_RESET"],
  changePassword: ["PASSWORD_CHANGED"],
  requestEmailCode: "a stranger's request, which changes nothing",
  startOAuth: "nothing is done before the browser is back",
  passkeyRegistrationOptions: "nothing changes before the response of the authenticator",
  passkeyLoginOptions: "nothing changes before the response of the authenticator",
  completeOAuth: ["LOGGED_IN", "IDENTITY_LINKED", "MERGE_OFFERED"],
  createApiKey: ["API_KEY_CREATED"],
  enableApiKey: ["API_KEY_ENABLED"],
  disableApiKey: ["API_KEY_DISABLED"],
  deleteApiKey: ["API_KEY_DELETED"],
};

const admin: Record<string, AuditAction[] | string> = {
  saveProvider: ["DRAFT_SAVED"],
  removeProvider: ["DRAFT_SAVED"],
  rebaseDraft: ["DRAFT_SAVED", "DRAFT_DISCARDED"],
  discardDraft: ["DRAFT_DISCARDED"],
  deploy: ["DEPLOYED"],
  redeploy: ["REDEPLOYED"],
  disableUser: ["USER_DISABLED"],
  enableUser: ["USER_ENABLED"],
  deleteUser: ["USER_DELETED"],
  unlinkIdentity: ["IDENTITY_UNLINKED"],
  revokeSessions: ["SESSIONS_REVOKED"],
  endSession: ["SESSIONS_REVOKED"],
  expireAnonymousUsers: ["USERS_EXPIRED"],
  rotateSigningKey: ["SIGNING_KEY_ROTATED"],
  createAdminKey: ["ADMIN_KEY_CREATED"],
  revokeAdminKey: ["ADMIN_KEY_REVOKED"],
  createServerApiKey: ["SERVER_KEY_CREATED"],
  enableServerApiKey: ["SERVER_KEY_ENABLED"],
  disableServerApiKey: ["SERVER_KEY_DISABLED"],
  deleteServerApiKey: ["SERVER_KEY_DELETED"],
  createWebhookEndpoint: ["WEBHOOK_ENDPOINT_CREATED"],
  updateWebhookEndpoint: ["WEBHOOK_ENDPOINT_UPDATED"],
  deleteWebhookEndpoint: ["WEBHOOK_ENDPOINT_DELETED"],
  rotateWebhookSecret: ["WEBHOOK_SECRET_ROTATED"],
  testWebhookEndpoint: "a delivery, which is listed itself",
  redeliver: "a delivery, which is listed itself",
};

it.each([
  ["gateway", buildGatewayGraph(), gateway],
  ["admin", buildAdminGraph(), admin],
])("says of every mutation of the %s graph what it leaves", (_name, { schema }, left) => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect(Object.keys(left).sort()).toEqual(mutations.sort());
});

it("has an action for nothing that no mutation leaves", () => {
  const left = new Set([...Object.values(gateway), ...Object.values(admin)].flat());
  // A wrong admin key is rejected before any mutation.
  left.add("ADMIN_KEY_REFUSED");
  // What is no mutation: the sign-in of the console, and a command.
  left.add("CONSOLE_SIGNED_IN").add("CONSOLE_SIGNED_OUT");
  left.add("USERS_IMPORTED");
  expect(Object.keys(auditActions).filter((action) => !left.has(action))).toEqual([]);
});
