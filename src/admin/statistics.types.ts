/** The figures of an overview. */
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
export class RefusalCount {
  @Field(() => String, { description: "The error code." })
  code: string;

  @Field(() => Int)
  count: number;
}

@ObjectType({ simpleResolvers: true })
export class LoginsOfDay {
  @Field(() => GraphQLDate)
  day: Date;

  @Field(() => Int, { description: "Sessions that began." })
  total: number;

  @Field(() => [ProviderCount], { description: "Only those with any; most first." })
  byProvider: ProviderCount[];
}

@ObjectType({ simpleResolvers: true })
export class RefusedLoginsOfDay {
  @Field(() => GraphQLDate)
  day: Date;

  @Field(() => Int)
  total: number;

  @Field(() => [RefusalCount], { description: "Only those with any; most first." })
  byCode: RefusalCount[];
}

@ObjectType({ simpleResolvers: true })
export class ConversionOfWeek {
  @Field(() => GraphQLDate, { description: "The Monday that it begins on." })
  weekOf: Date;

  @Field(() => Int, { description: "Anonymous users that arrived in that week." })
  arrived: number;

  @Field(() => Int, { description: "Of these, how many linked an identity since." })
  linked: number;

  @Field(() => Int, { description: "Of these, how many were merged into another user since." })
  merged: number;
}

@ObjectType({ simpleResolvers: true })
export class AnonymousUsersOfAge {
  @Field(() => Int, { description: "Whole days between the day on which they arrived and today." })
  ageDays: number;

  @Field(() => GraphQLDate, { description: "The day on which they arrived." })
  arrivedOn: Date;

  @Field(() => Int)
  users: number;
}

@admin
@ObjectType({ simpleResolvers: true })
export class AnonymousUserStatistics {
  @Field(() => Int)
  total: number;

  @Field(() => Int, { description: "At this age they are deleted: ANONYMOUS_USER_DAYS." })
  expireAfterDays: number;

  @Field(() => Int, {
    description: "How many reach it by the end of the seventh day from today, unless they link an identity.",
  })
  expiringWithinWeek: number;

  @Field(() => [AnonymousUsersOfAge], {
    description:
      "Youngest first, from age 0 to that at which they are deleted, or to 400; the last holds all that are older.",
  })
  byAge: AnonymousUsersOfAge[];
}

@admin
@ObjectType({ simpleResolvers: true })
export class LiveSessionStatistics {
  @Field(() => GraphQLDateTime, { description: "When they were counted: at most a minute ago." })
  countedAt: Date;

  @Field(() => Int)
  total: number;

  @Field(() => [ProviderCount], { description: "By the provider through which they began; most first." })
  byProvider: ProviderCount[];
}

@admin
@ObjectType({ simpleResolvers: true })
export class Statistics {
  @Field(() => [LoginsOfDay], { description: "Oldest day first, without gaps; the last is today." })
  logins: LoginsOfDay[];

  @Field(() => [RefusedLoginsOfDay], { description: "Oldest day first, without gaps; the last is today." })
  refusedLogins: RefusedLoginsOfDay[];

  @Field(() => [ConversionOfWeek], {
    description: "How many anonymous users became known, by the week in which they arrived; oldest first.",
  })
  conversion: ConversionOfWeek[];

  @Field(() => AnonymousUserStatistics)
  anonymousUsers: AnonymousUserStatistics;

  @Field(() => LiveSessionStatistics)
  liveSessions: LiveSessionStatistics;
}
