/** What the mutations of the public graph take and give. */
import { GraphQLDateTime } from "graphql-scalars";
import { createUnionType, Extensions, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Session } from "../entities/session.ts";
import { User } from "../entities/user.ts";
import type { Authentication } from "../identity/sessions/sessions.ts";

@Extensions({ access: "public" })
@ObjectType({ description: "A session and its tokens.", simpleResolvers: true })
export class AuthPayload {
  @Field(() => User)
  user: User;

  @Field(() => Session)
  session: Session;

  @Field(() => String, { description: "A JWT; send it as `Authorization: Bearer …`." })
  accessToken: string;

  @Field(() => GraphQLDateTime)
  accessTokenExpiresAt: Date;

  @Field(() => String, { description: "For `refreshSession`, once: it gives the next one." })
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
    "The identity belongs to another user, and the proof was right: merge with that user, or log in as it.",
  simpleResolvers: true,
})
export class IdentityConflict {
  @Field(() => String, { description: "Whose identity it is." })
  provider: string;

  @Field(() => String, { description: "For `mergeUser`, once, from this session." })
  mergeTicket: string;

  @Field(() => GraphQLDateTime)
  expiresAt: Date;
}

export const LinkIdentityResult = createUnionType({
  name: "LinkIdentityResult",
  description: "The caller with its new identity, or the offer to merge.",
  types: () => [AuthPayload, IdentityConflict] as const,
});

@Extensions({ access: "public" })
@ObjectType("OAuthStart", { description: "A visit to a provider's own page.", simpleResolvers: true })
export class OAuthStart {
  @Field(() => String, { description: "Where to send the browser." })
  url: string;

  @Field(() => String, { description: "What the browser brings back, for `completeOAuth`, once." })
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
    description:
      "Whether the link of a mail has to be opened before the first login; the same for every e-mail.",
  })
  needsConfirmation: boolean;
}

@Extensions({ access: "public" })
@ObjectType({
  description: "A mail was asked for. Whether one goes out is not told: that would say who is registered.",
  simpleResolvers: true,
})
export class MailRequestPayload {
  @Field(() => String, { description: "As it is stored: in lower case, with the domain as A-labels." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class ConfirmEmailPayload {
  @Field(() => String, { description: "Which e-mail is confirmed now." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({
  description: "Nobody is logged in by it: log in with the new password.",
  simpleResolvers: true,
})
export class ResetPasswordPayload {
  @Field(() => String, { description: "Whose password it is." })
  email: string;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class ChangePasswordPayload {
  @Field(() => Int, { description: "How many other sessions ended. This one goes on." })
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
@ObjectType({ description: "A way in that is on, for a login screen to draw.", simpleResolvers: true })
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
  description: "Which sessions of the user to end.",
  valuesConfig: {
    CURRENT: { description: "The one that this request belongs to." },
    OTHERS: { description: "All but this one." },
    ALL: { description: "Every one." },
  },
});
