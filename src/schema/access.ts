/**
 * Who may ask for a field. Every query and mutation states it with `@Access`, as does every field that not
 * everybody who has the object may see; a test finds the one that is silent.
 */
import { Extensions, type MiddlewareFn, UseMiddleware } from "type-graphql";
import { PasserbyError } from "../errors.ts";
import { requireRecentLogin } from "../identity/sessions.ts";
import { type GraphContext, requireCaller } from "./context.ts";

/**
 * - `public`: everybody
 * - `user`: whoever is signed in
 * - `recent`: whoever is signed in by a login that is not long ago
 * - `owner`: the user whom the object belongs to, and operators
 * - `admin`: operators, with an admin key
 */
export type AccessLevel = "public" | "user" | "recent" | "owner" | "admin";

type Check = (context: GraphContext, root: unknown) => void;

const checks: Record<Exclude<AccessLevel, "public">, Check> = {
  user: (context) => void requireCaller(context),
  recent: (context) => requireRecentLogin(context.services, requireCaller(context)),
  owner: (context, root) => {
    const ownerId = (root as { userId?: string }).userId ?? (root as { id: string }).id;
    if (context.admin || context.own.userIds.has(ownerId)) return;
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

export function Access(level: AccessLevel): MethodDecorator {
  const state = Extensions({ access: level });
  if (level === "public") return state;
  const check = checks[level];
  const guard: MiddlewareFn<GraphContext> = ({ context, root, info }, next) => {
    try {
      check(context, root);
    } catch (error) {
      // A list of users that are not the caller's fails once for each field of each of them.
      context.answer.countError(info);
      throw error;
    }
    return next();
  };
  const use = UseMiddleware(guard);
  return (target, key, descriptor) => {
    state(target, key, descriptor);
    use(target, key, descriptor);
  };
}
