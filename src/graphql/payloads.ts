/** What the mutations of the public graph take and give. */
import { GraphQLDateTime } from "graphql-scalars";
import {
  createUnionType,
  Directive,
  Extensions,
  Field,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { Session } from "../entities/session.ts";
import { User } from "../entities/user.ts";
import type { Authentication } from "../identity/sessions.ts";

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

export const LinkIdentityResult = createUnionType({
  name: "LinkIdentityResult",
  types: () => [AuthPayload] as const,
  resolveType: () => AuthPayload,
});

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class RegisterPayload {
  @Field(() => String, { description: "As it is stored: lower case." })
  email: string;
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

@InputType()
export class EmailPasswordCredentials {
  @Field(() => String)
  email: string;

  @Field(() => String)
  password: string;
}

@InputType()
export class JwtCredentials {
  @Field(() => String, { description: "A token of the operator's own issuer." })
  token: string;
}

@Directive("@oneOf")
@InputType({ description: "Exactly one of these." })
export class Credentials {
  @Field(() => EmailPasswordCredentials, { nullable: true, description: "Provider local-userpass." })
  emailPassword?: EmailPasswordCredentials;

  @Field(() => JwtCredentials, { nullable: true, description: "Provider custom-token." })
  jwt?: JwtCredentials;
}

/** The provider that each kind of credentials is for. */
const providerOf: Record<keyof Credentials, string> = {
  emailPassword: "local-userpass",
  jwt: "custom-token",
};

export function readCredentials(input: Credentials): { provider: string; credentials: unknown } {
  const [entry] = Object.entries(input) as [keyof Credentials, unknown][];
  if (!entry) throw new Error("@oneOf lets exactly one through.");
  return { provider: providerOf[entry[0]], credentials: entry[1] };
}
