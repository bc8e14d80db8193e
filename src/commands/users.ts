import type { Command } from "commander";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { userExpiresAt } from "../identity/lifetimes.ts";
import { listSessions } from "../identity/sessions/session-list.ts";
import { countUsers, listUsers, type UserCursor, type UserQuery } from "../identity/users/user-list.ts";
import { deleteUser, getUser, listIdentities, setUserDisabled } from "../identity/users/users.ts";
import type { Services } from "../services.ts";
import { wholeNumber } from "./arguments.ts";
import { createProgress, type OutputOptions, print, withCore } from "./run.ts";
import { userLines, userTable } from "./user-lines.ts";
import { addImportCommand } from "./users-import.ts";
import { addInviteCommand } from "./users-invite.ts";

interface FindOptions extends OutputOptions {
  readonly email?: string;
  readonly provider?: string;
  readonly anonymous?: boolean;
  readonly known?: boolean;
  readonly disabled?: boolean;
  readonly limit: number;
}

const EXPORT_PAGE = 500;
/** As many as one user may have. */
const MAX_SESSIONS = 1_000;

export function addUsersCommands(program: Command): void {
  const users = program
    .command("users")
    .description("find, show, disable, enable, delete, import and export users");

  users
    .command("find")
    .description("users that fulfil every condition, newest first")
    .option("--email <beginning>", "how the e-mail begins, without case")
    .option("--provider <name>", "has an identity of this provider")
    .option("--anonymous", "only anonymous ones")
    .option("--known", "only those that are not anonymous")
    .option("--disabled", "only disabled ones")
    .option("--limit <count>", "how many at most", wholeNumber(1, 1_000), 20)
    .option("--json", "for programs")
    .action((options: FindOptions) =>
      withCore(async ({ services }) => {
        const { limit } = options;
        const query: UserQuery = {
          email: options.email ?? null,
          provider: options.provider ?? null,
          isAnonymous: options.anonymous ? true : options.known ? false : null,
          disabled: options.disabled ? true : null,
        };
        const more = await listUsers(services, { query, after: null, limit: limit + 1 });
        const found = more.slice(0, limit);
        if (found.length === 0) await requireProvider(services, options.provider);
        const ids = found.map(({ id }) => id);
        const identities = ids.length > 0 ? await listIdentities(services.reads, ids) : [];
        const cut = `${found.length} ${found.length === 1 ? "is" : "are"} shown; --limit for more`;
        print(
          found,
          options,
          found.length === 0
            ? ["No user fulfils that."]
            : [...userTable(found, identities), ...(more.length > limit ? [cut] : [])],
        );
      }),
    );

  users
    .command("show <id>")
    .description("one user, by id or former id, with identities and sessions")
    .option("--json", "for programs")
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
      .description(disabled ? "refuse its tokens from now on" : "let it in again")
      .action((id: string) =>
        withCore(async ({ services }) => {
          const user = await setUserDisabled(services, id, disabled);
          print(user, {}, [`User ${user.id} is ${name}d.`]);
        }),
      );
  }

  users
    .command("delete <id>")
    .description("delete a user with all that belongs to it; it cannot be undone")
    .option("--yes", "do it; without this nothing is deleted")
    .action((id: string, options: { yes?: boolean }) =>
      withCore(async ({ services }) => {
        if (!options.yes) {
          const user = await getUser(services.reads, id);
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `This deletes user ${user.id} for ever. Add --yes to do it.`,
          });
        }
        print(null, {}, [`User ${await deleteUser(services, id)} is deleted.`]);
      }),
    );

  addImportCommand(users);
  addInviteCommand(users);

  users
    .command("export")
    .description("every user with its identities, one JSON object a line, newest first")
    .action(() =>
      withCore(async ({ services }) => {
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
            if (!process.stdout.write(`${JSON.stringify({ ...user, identities: own })}\n`)) {
              await new Promise((resolve) => process.stdout.once("drain", resolve));
            }
          }
          after = { createdAt: +last.createdAt, id: last.id };
          done += page.length;
          progress.update(done, Math.max(done, total));
        }
        progress.end();
      }),
    );
}

/** Somebody may still have identities of a provider that is gone, so only an empty answer asks. */
async function requireProvider({ deployments }: Services, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const names = (await deployments.states()).map(({ provider }) => provider.name);
  if (names.includes(name)) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `There is no provider ${name}; there are ${names.join(", ")}.`,
  });
}
