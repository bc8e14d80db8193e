/**
 * Who may ask for a field. Every query and mutation states it with `@Access`, as does every field that not
 * everyone who gets the object may see; a test finds the one that is silent.
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
 * - `admin`: operators, with an admin key
 */
export type AccessLevel = "public" | "user" | "recent" | "owner" | "admin";

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
  admin: (context) => requireAdmin(context),
};

/** @throws PasserbyError UNAUTHENTICATED without any token, FORBIDDEN with a user's */
export function requireAdmin({ admin, caller }: GraphContext): void {
  if (admin) return;
  const message = "This needs an admin key, as `Authorization: Bearer <admin key>`.";
  throw new PasserbyError(caller ? "FORBIDDEN" : "UNAUTHENTICATED", { message });
}

export const Access = (level: AccessLevel): MethodDecorator => Extensions({ access: level });

/**
 * Puts the check of each field before its resolver. It stands there and not in a middleware of type-graphql, which costs a
 * promise for every field, also for thousands that are denied.
 */
export function guardFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const level = field.extensions.access as AccessLevel | undefined;
      if (level !== undefined && level !== "public") guardField(field, checks[level]);
    }
  }
}

function guardField(field: GraphQLField<unknown, GraphContext>, check: Check): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (root, args, context, info) => {
    // Thousands of fields may still be to come: an error of its own for each would cost more than the answer did.
    if (context.answer.error) throw context.answer.error;
    try {
      check(context, root);
    } catch (error) {
      // A list of users that are not the caller's fails once for each field of each of them.
      context.answer.countError(info);
      throw error;
    }
    return resolve(root, args, context, info);
  };
}
