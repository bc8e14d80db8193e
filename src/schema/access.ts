/**
 * Who may read a field. Every query and mutation states it with `@Access`, as does every field that not
 * everyone who gets the object may read; a test finds fields without it.
 */
import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from "graphql";
import { Extensions } from "type-graphql";
import { PasserbyError } from "../errors.ts";
import { requireRecentLogin } from "../identity/sessions/sessions.ts";
import { type GraphContext, requireCaller } from "./context.ts";

/**
 * - `public`: everyone
 * - `user`: any user with an access token
 * - `recent`: a user whose login is recent
 * - `owner`: the user that owns the object, and operators
 * - `server`: servers, with a server API key, and operators
 * - `admin`: operators, with an admin key
 */
export type AccessLevel = "public" | "user" | "recent" | "owner" | "server" | "admin";

type Check = (context: GraphContext, root: unknown) => void;

const checks: Record<Exclude<AccessLevel, "public">, Check> = {
  user: (context) => void requireCaller(context),
  recent: (context) => requireRecentLogin(context.services, requireCaller(context)),
  owner: (context, root) => {
    const ownerId = (root as { userId?: string }).userId ?? (root as { id: string }).id;
    if (context.admin || context.own.userIds.includes(ownerId)) return;
    requireCaller(context);
    throw new PasserbyError("FORBIDDEN");
  },
  server: (context) => {
    if (!context.isServer) requireAdmin(context, "an admin key or a server API key");
  },
  admin: (context) => requireAdmin(context),
};

/** Added to the description of a field. Operators' fields are those of the admin graph, or say so themselves. */
const sentences: Record<AccessLevel, string> = {
  public: "",
  user: "Requires an access token.",
  recent:
    "Requires an access token and a recent login, by default within 15 minutes (REAUTHENTICATION_REQUIRED).",
  owner: "Visible to the user and operators.",
  server: "Requires an admin key or a server API key.",
  admin: "",
};

/** @throws PasserbyError UNAUTHENTICATED without a token, FORBIDDEN with a user's token or a server API key */
export function requireAdmin({ admin, caller, isServer }: GraphContext, needed = "an admin key"): void {
  if (admin) return;
  const message = `This needs ${needed}, as \`Authorization: Bearer <key>\`.`;
  throw new PasserbyError(caller || isServer ? "FORBIDDEN" : "UNAUTHENTICATED", { message });
}

export const Access = (level: AccessLevel): MethodDecorator => Extensions({ access: level });

/**
 * Wraps each resolver in the check of its field, and adds it to the description. Not a middleware of type-graphql, which costs a
 * promise for every field, also for thousands of denied ones.
 */
export function guardFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const level = field.extensions.access as AccessLevel | undefined;
      if (level === undefined || level === "public") continue;
      guardField(field, checks[level]);
      field.description = [field.description, sentences[level]].filter(Boolean).join(" ");
    }
  }
}

function guardField(field: GraphQLField<unknown, GraphContext>, check: Check): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (root, args, context, info) => {
    // There may be thousands of further fields: creating an error for each would be expensive.
    if (context.answer.error) throw context.answer.error;
    try {
      check(context, root);
    } catch (error) {
      // For a list of other users, every field of each user fails.
      context.answer.countError(info);
      throw error;
    }
    return resolve(root, args, context, info);
  };
}
