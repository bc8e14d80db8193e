import type { Command } from "commander";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { userExpiresAt } from "../identity/lifetimes.ts";
import { listSessions } from "../identity/sessions/session-list.ts";
import { countUsers, listUsers, type UserCursor, type UserQuery } from "../identity/users/user-list.ts";
import { deleteUser, getUser, listIdentities, setUserDisabled } from "../identity/users/users.ts";
import type { Services } from "../services.ts";
import { wholeNumber } from "./arguments.ts";
import { examples } from "./help.ts";
import { writeLines } from "./line-output.ts";
import { commandContext, createProgress, moreLine, type OutputOptions, print, withCore } from "./run.ts";
import { userLines, userTable } from "./user-lines.ts";
import { addImportCommand } from "./users-import.ts";
import { addInviteCommand } from "./users-invite.ts";

interface FindOptions extends OutputOptions {
  readonly email?: string;
  readonly provider?: string;
  readonly anonymous?: boolean;
  readonly permanent?: boolean;
  readonly disabled?: boolean;
  readonly limit: number;
}

const EXPORT_PAGE = 500;
const MAX_FOUND = 1_000;
/** The limit of active sessions of one user. */
const MAX_SESSIONS = 1_000;

export function addUsersCommands(program: Command): void {
  const users = program
    .command("users")
    .description("users: find, show, disable, enable, delete, import, export");

  users
    .command("find")
    .description("list users, newest first; all filters must match")
    .option("--email <beginning>", "email, or its beginning; case-insensitive")
    .option("--provider <name>", "users with an identity of this provider")
    .option("--anonymous", "only anonymous users")
    .option("--permanent", "only permanent users")
    .option("--disabled", "only disabled users")
    .option("--limit <count>", "maximum number of users", wholeNumber(1, MAX_FOUND), 20)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples(
        "passerby users find --email ada@",
        "passerby users find --provider oauth2-google --disabled --limit 100",
      ),
    )
    .action((options: FindOptions) =>
      withCore(async ({ services }) => {
        const { limit } = options;
        const query: UserQuery = {
          email: options.email ?? null,
          provider: options.provider ?? null,
          isAnonymous: options.anonymous ? true : options.permanent ? false : null,
          disabled: options.disabled ? true : null,
        };
        const more = await listUsers(services, { query, after: null, limit: limit + 1 });
        const found = more.slice(0, limit);
        if (found.length === 0) await requireProvider(services, options.provider);
        const ids = found.map(({ id }) => id);
        const identities = ids.length > 0 ? await listIdentities(services.reads, ids) : [];
        print(
          found,
          options,
          found.length === 0
            ? ["No user matches."]
            : [...userTable(found, identities), ...(more.length > limit ? [moreLine(limit, MAX_FOUND)] : [])],
        );
      }),
    );

  users
    .command("show <id>")
    .description("show a user with its identities and sessions, by id or former id")
    .option("--json", "print the result as JSON")
    .action((id: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const user = await getUser(services.reads, id);
        const expiresAt = userExpiresAt(user, services.policy);
        const [identities, sessions] = await Promise.all([
          listIdentities(services.reads, [user.id]),
          listSessions(services, [user.id], { first: MAX_SESSIONS, most: MAX_SESSIONS }),
        ]);
        const shown = sessions.map(({ refreshGeneration: _, rotatedAt: __, endedAt: ___, ...rest }) => rest);
        print(
          { ...user, expiresAt, identities, sessions: shown },
          options,
          userLines({ user, expiresAt, identities, sessions }),
        );
      }),
    );

  for (const [name, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    users
      .command(`${name} <id>`)
      .description(
        disabled ? "disable a user: logins and tokens are rejected at once" : "enable a disabled user",
      )
      .action((id: string) =>
        withCore(async ({ services }) => {
          const user = await setUserDisabled(services, commandContext(), { id, disabled });
          print(user, {}, [`User ${user.id} is ${name}d.`]);
        }),
      );
  }

  users
    .command("delete <id>")
    .description("delete a user with identities and sessions, permanently")
    .option("--yes", "required: without it nothing is deleted")
    .action((id: string, options: { yes?: boolean }) =>
      withCore(async ({ services }) => {
        if (!options.yes) {
          const user = await getUser(services.reads, id);
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `This would delete user ${user.id} permanently. Add --yes to delete it.`,
          });
        }
        print(null, {}, [`User ${await deleteUser(services, commandContext(), { id })} is deleted.`]);
      }),
    );

  addImportCommand(users);
  addInviteCommand(users);

  users
    .command("export")
    .description("export all users with their identities, newest first, one JSON object per line")
    .addHelpText("after", examples("passerby users export > users.ndjson"))
    .action(() => withCore(({ services }) => writeLines(() => exportUsers(services))));
}

async function* exportUsers(services: Services): AsyncGenerator<string> {
  const progress = createProgress("Exporting");
  const total = await countUsers(services, {});
  let [after, done]: [UserCursor | null, number] = [null, 0];
  for (;;) {
    const page: User[] = await listUsers(services, { query: {}, after, limit: EXPORT_PAGE });
    const last = page.at(-1);
    if (!last) break;
    const identities = await listIdentities(
      services.reads,
      page.map((user) => user.id),
    );
    for (const user of page) {
      const own = identities.filter((identity) => identity.userId === user.id);
      yield `${JSON.stringify({ ...user, identities: own })}\n`;
    }
    after = { createdAt: +last.createdAt, id: last.id };
    done += page.length;
    progress.update(done, Math.max(done, total));
  }
  progress.end();
}

/** Called for empty results only: users may still have identities of a provider that was removed. */
async function requireProvider({ deployments }: Services, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const names = (await deployments.states()).map(({ provider }) => provider.name);
  if (names.includes(name)) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `There is no provider ${name}. There are: ${names.join(", ")}.`,
  });
}
