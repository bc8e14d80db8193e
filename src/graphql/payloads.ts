/** Input and payload types of the public graph's mutations. */
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { createUnionType, Extensions, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
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

  @Field(() => String, {
    description:
      "A signed JWT (ES256). Send it as `Authorization: Bearer <accessToken>`. When it has expired, call `refreshSession`.",
  })
  accessToken: string;

  @Field(() => GraphQLDateTime)
  accessTokenExpiresAt: Date;

  @Field(() => String, {
    nullable: true,
    description:
      "Pass it to `refreshSession` to get new tokens; null if the request asked for a session cookie, which then has it. It can be used once: each response has the next one. If a response is lost, the same token still works for ten seconds, for an anonymous user until its successor is used.",
  })
  refreshToken: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      "When the session expires unless it is refreshed; null for anonymous users, whose sessions last as long as the user.",
  })
  refreshTokenExpiresAt: Date | null;

  static from(authentication: Authentication): AuthPayload {
    return Object.assign(new AuthPayload(), authentication);
  }
}

@Extensions({ access: "public" })
@ObjectType({
  description:
    "The credentials are valid, but the identity belongs to another user. Either merge the current, anonymous user into that user with `mergeUser`, or log in as that user with `login`.",
  simpleResolvers: true,
})
export class IdentityConflict {
  @Field(() => String, { description: "The provider of the identity." })
  provider: string;

  @Field(() => String, {
    description: "Pass it to `mergeUser`. It can be used once, by this session, within ten minutes.",
  })
  mergeTicket: string;

  @Field(() => GraphQLDateTime, { description: "When the merge ticket expires." })
  expiresAt: Date;
}

export const LinkIdentityResult = createUnionType({
  name: "LinkIdentityResult",
  description: "The current user with the new identity, or a conflict that `mergeUser` can resolve.",
  types: () => [AuthPayload, IdentityConflict] as const,
});

@Extensions({ access: "public" })
@ObjectType("OAuthStart", { description: "A started OAuth login.", simpleResolvers: true })
export class OAuthStart {
  @Field(() => String, { description: "The provider's URL to which the app redirects the browser." })
  url: string;

  @Field(() => String, {
    description:
      "The provider returns it as the `state` parameter of its redirect. Pass it to `completeOAuth`. It can be used once.",
  })
  state: string;

  @Field(() => GraphQLDateTime, { description: "Until when the login can be completed." })
  expiresAt: Date;
}

@Extensions({ access: "public" })
@ObjectType({ description: "A started login or registration of a passkey.", simpleResolvers: true })
export class PasskeyOptions {
  @Field(() => GraphQLJSONObject, {
    description:
      "For `PublicKeyCredential.parseCreationOptionsFromJSON` after `passkeyRegistrationOptions`, and for `parseRequestOptionsFromJSON` after `passkeyLoginOptions`. Its challenge can be answered once.",
  })
  options: object;

  @Field(() => GraphQLDateTime, { description: "Until when the challenge can be answered." })
  expiresAt: Date;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class RegisterPayload {
  @Field(() => String, {
    description: "In the stored form: in lower case, with an internationalized domain in Punycode.",
  })
  email: string;

  @Field(() => Boolean, {
    description:
      "Whether the email must be confirmed before the first login: the provider's setting `confirmation`.",
  })
  needsConfirmation: boolean;
}

@Extensions({ access: "public" })
@ObjectType({
  description:
    "The request was accepted. The response is the same whether or not an email is sent, so that it does not reveal which emails are registered.",
  simpleResolvers: true,
})
export class MailRequestPayload {
  @Field(() => String, {
    description: "In the stored form: in lower case, with an internationalized domain in Punycode.",
  })
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
  description: "The password was changed. The user is not logged in: call `login` with the new password.",
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
  @Field(() => Int, { description: "How many sessions ended." })
  sessionsEnded: number;
}

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class DeleteMePayload {
  @Field(() => String, { description: "The id of the deleted user." })
  deletedUserId: string;

  @Field(() => ID, {
    description:
      "A secret id: who has it can read `erasure(id:)`, which tells when connected services have confirmed that they purged the user's data.",
  })
  erasureId: string;
}

@Extensions({ access: "public" })
@ObjectType({
  description: "An enabled provider: a way to log in that a login screen can offer.",
  simpleResolvers: true,
})
export class AuthProvider {
  @Field(() => String, {
    description: "Such as `oauth2-google`. Pass it as `provider` to `startOAuth` and in `idToken`.",
  })
  name: string;

  @Field(() => String, {
    description: "The same as `name`, except for providers that operators added, such as `oidc`.",
  })
  type: string;

  @Field(() => String, { description: "Such as `Google`." })
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
