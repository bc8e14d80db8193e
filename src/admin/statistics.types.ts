/** Types of the statistics. */
import { GraphQLDate, GraphQLDateTime } from "graphql-scalars";
import { Extensions, Field, Int, ObjectType } from "type-graphql";

const admin = Extensions({ access: "admin" });

@ObjectType({ simpleResolvers: true })
export class ProviderCount {
  @Field(() => String)
  provider: string;

  @Field(() => Int)
  count: number;
}

@ObjectType({ simpleResolvers: true })
export class ErrorCodeCount {
  @Field(() => String, { description: "The error code." })
  code: string;

  @Field(() => Int)
  count: number;
}

@ObjectType({ simpleResolvers: true })
export class LoginsOfDay {
  @Field(() => GraphQLDate)
  day: Date;

  @Field(() => Int, { description: "Sessions started." })
  total: number;

  @Field(() => [ProviderCount], { description: "Only entries above zero; highest first." })
  byProvider: ProviderCount[];
}

@ObjectType({ simpleResolvers: true })
export class FailedLoginsOfDay {
  @Field(() => GraphQLDate)
  day: Date;

  @Field(() => Int)
  total: number;

  @Field(() => [ErrorCodeCount], { description: "Only entries above zero; highest first." })
  byCode: ErrorCodeCount[];
}

@ObjectType({ simpleResolvers: true })
export class ConversionOfWeek {
  @Field(() => GraphQLDate, { description: "The Monday on which the week starts." })
  weekOf: Date;

  @Field(() => Int, { description: "Anonymous users created in that week." })
  arrived: number;

  @Field(() => Int, { description: "How many of these have linked an identity since." })
  linked: number;

  @Field(() => Int, { description: "How many of these have been merged into another user since." })
  merged: number;
}

@ObjectType({ simpleResolvers: true })
export class AnonymousUsersOfAge {
  @Field(() => Int, { description: "Whole days from `arrivedOn` to today." })
  ageDays: number;

  @Field(() => GraphQLDate, { description: "The day on which they were created." })
  arrivedOn: Date;

  @Field(() => Int)
  users: number;
}

@admin
@ObjectType({ simpleResolvers: true })
export class AnonymousUserStatistics {
  @Field(() => Int)
  total: number;

  @Field(() => Int, { description: "The age in days at which they expire: the setting ANONYMOUS_USER_DAYS." })
  expireAfterDays: number;

  @Field(() => Int, {
    description: "How many expire within the next seven days unless they link an identity.",
  })
  expiringWithinWeek: number;

  @Field(() => [AnonymousUsersOfAge], {
    description:
      "Youngest first, from age 0 to the age at which they expire, at most 400 days. The last entry counts all that are older.",
  })
  byAge: AnonymousUsersOfAge[];
}

@admin
@ObjectType({ simpleResolvers: true })
export class ActiveSessionStatistics {
  @Field(() => GraphQLDateTime, { description: "When they were counted, at most a minute ago." })
  countedAt: Date;

  @Field(() => Int)
  total: number;

  @Field(() => [ProviderCount], { description: "By the provider that started them; most sessions first." })
  byProvider: ProviderCount[];
}

@ObjectType({ simpleResolvers: true })
export class GuestProofsOfDay {
  @Field(() => GraphQLDate)
  day: Date;

  @Field(() => Int, { description: "Logins that were asked for a proof of work, and sent none." })
  asked: number;

  @Field(() => Int, { description: "Guests that were created with a proof of work." })
  solved: number;

  @Field(() => Int, {
    description: "Proofs that were not accepted: expired, used before, too easy or not valid.",
  })
  failed: number;

  @Field(() => Int, { description: "Guests that were created without a proof of work." })
  without: number;
}

@admin
@ObjectType({ simpleResolvers: true })
export class Statistics {
  @Field(() => [LoginsOfDay], { description: "By day, oldest first, without gaps; the last is today." })
  logins: LoginsOfDay[];

  @Field(() => [FailedLoginsOfDay], {
    description: "By day, oldest first, without gaps; the last is today.",
  })
  failedLogins: FailedLoginsOfDay[];

  @Field(() => [ConversionOfWeek], {
    description:
      "How many anonymous users became permanent users, by the week of their creation; oldest first.",
  })
  conversion: ConversionOfWeek[];

  @Field(() => AnonymousUserStatistics)
  anonymousUsers: AnonymousUserStatistics;

  @Field(() => [GuestProofsOfDay], {
    description: "Proofs of work of anonymous logins, by day, oldest first, without gaps; the last is today.",
  })
  guestProofs: GuestProofsOfDay[];

  @Field(() => ActiveSessionStatistics)
  activeSessions: ActiveSessionStatistics;
}
