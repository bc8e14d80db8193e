/** Input and payload types of the public graph's mutations. */
import { GraphQLDateTime } from "graphql-scalars";
import { createUnionType, Extensions, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Session } from "../entities/session.ts";
import { User } from "../entities/user.ts";
import type { Authentication } from "../identity/sessions/sessions.ts";

@Extensions({ access: "public" })
@ObjectType({ description: "A user, its session and the session's tokens.", simpleResolvers: true })
export class AuthPayload {
  @Field(() => User)
  user: User;

  @Field(() => Session)
  session: Session;

  @Field(() => String, { description: "A signed JWT (ES256). Send it as `Authorization: Bearer …`." })
  accessToken: string;

  @Field(() => GraphQLDateTime)
  accessTokenExpiresAt: Date;

  @Field(() => String, {
    description:
      "Give it to `refreshSession` to get new tokens. Each can be used once: the answer holds the next one.",
  })
  refreshToken: string;

  @Field(() => GraphQLDateTime, { nullable: true })
  refreshTokenExpiresAt: Date | null;

  static from(authentication: Authentication): AuthPayload {
    return Object.assign(new AuthPayload(), authentication);
  }
}

@Extensions({ access: "public" })
@ObjectType({
  description:
    "The credentials are valid, but the identity belongs to another user. Merge with that user, or log in as it.",
  simpleResolvers: true,
})
export class IdentityConflict {
  @Field(() => String, { description: "The provider of the identity." })
  provider: string;

  @Field(() => String, { description: "Give it to `mergeUser`. It can be used once, from this session." })
  mergeTicket: string;

  @Field(() => GraphQLDateTime)
  expiresAt: Date;
}

export const LinkIdentityResult = createUnionType({
  name: "LinkIdentityResult",
  description: "The user with the new identity, or a conflict that `mergeUser` can resolve.",
  types: () => [AuthPayload, IdentityConflict] as const,
});

@Extensions({ access: "public" })
@ObjectType("OAuthStart", { description: "A redirect login that was started.", simpleResolvers: true })
export class OAuthStart {
  @Field(() => String, { description: "The URL of the provider to send the browser to." })
  url: string;

  @Field(() => String, {
    description:
      "The `state` parameter that comes back with the redirect. Give it to `completeOAuth`. It can be used once.",
  })
  state: string;

  @Field(() => GraphQLDateTime)
  expiresAt: Date;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class RegisterPayload {
  @Field(() => String, { description: "As it is stored: in lower case, with the domain as A-labels." })
  email: string;

  @Field(() => Boolean, {
    description: "Whether the email must be confirmed before the first login. The same for every email.",
  })
  needsConfirmation: boolean;
}

@Extensions({ access: "public" })
@ObjectType({
  description:
    "The request was accepted. The answer is the same whether or not an email is sent, so that it does not reveal who is registered.",
  simpleResolvers: true,
})
export class MailRequestPayload {
  @Field(() => String, { description: "As it is stored: in lower case, with the domain as A-labels." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class ConfirmEmailPayload {
  @Field(() => String, { description: "The email that is now confirmed." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({
  description: "The password was changed. This does not log in: log in with the new password.",
  simpleResolvers: true,
})
export class ResetPasswordPayload {
  @Field(() => String, { description: "The email whose password was changed." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class ChangePasswordPayload {
  @Field(() => Int, { description: "How many other sessions ended. The current session stays active." })
  sessionsEnded: number;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class LogoutPayload {
  @Field(() => Int)
  sessionsEnded: number;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class DeleteMePayload {
  @Field(() => String)
  deletedUserId: string;
}

@Extensions({ access: "public" })
@ObjectType({ description: "An enabled provider, for a login screen to show.", simpleResolvers: true })
export class AuthProvider {
  @Field(() => String)
  name: string;

  @Field(() => String)
  type: string;

  @Field(() => String)
  displayName: string;
}

export enum LogoutScope {
  CURRENT = "CURRENT",
  OTHERS = "OTHERS",
  ALL = "ALL",
}
registerEnumType(LogoutScope, {
  name: "LogoutScope",
  description: "The user's sessions to end.",
  valuesConfig: {
    CURRENT: { description: "The session of this request." },
    OTHERS: { description: "All sessions except the current one." },
    ALL: { description: "All sessions." },
  },
});
