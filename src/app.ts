/** The composition root: nobody else connects parts. */
import type { Logger } from "pino";
import { type Clock, systemClock } from "./clock.ts";
import { type Database, openDatabase } from "./database/database.ts";
import { migrate } from "./database/migrate.ts";
import { openDeployments } from "./deployments/deployments.ts";
import { createHttpServer, type HttpServer } from "./http/server.ts";
import { createAdminKeys } from "./identity/admin-keys.ts";
import type { IdentityPolicy } from "./identity/policy.ts";
import { openSigningKeys } from "./identity/signing-keys.ts";
import { createTokens } from "./identity/tokens.ts";
import { startSchedule } from "./jobs/schedule.ts";
import { createLimits } from "./limits.ts";
import { providers } from "./providers/index.ts";
import type { Services } from "./schema/context.ts";
import { resolveKeys } from "./secrets-file.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { createVault } from "./vault.ts";

export interface Core {
  readonly database: Database;
  readonly services: Services;
  /** Names of the migrations that opening it ran. */
  readonly migrated: readonly string[];
  /** The admin key, when it was made just now. */
  readonly newAdminKey: string | null;
  close(): Promise<void>;
}

export interface App extends Core {
  readonly http: HttpServer;
  /** Takes no new requests, answers those that are open, then closes everything. */
  stop(): Promise<void>;
}

/** Everything but the server: what the commands work with. */
export async function openCore({
  settings,
  log,
  clock = systemClock,
}: {
  settings: Settings;
  log: Logger;
  clock?: Clock;
}): Promise<Core> {
  checkInitialProviders(settings);
  const database = await openDatabase({ url: settings.databaseUrl, poolSize: settings.databasePoolSize });
  try {
    const migrated = await migrate(database);
    const keys = resolveKeys(settings, database.file);
    const vault = createVault(keys.masterKey);
    const { reads, writes } = database;
    const policy: IdentityPolicy = {
      issuer: settings.publicUrl,
      audience: settings.tokenAudience,
      accessTokenSeconds: settings.accessTokenSeconds,
      refreshTokenDays: settings.refreshTokenDays,
      anonymousUserDays: settings.anonymousUserDays,
      recentLoginSeconds: settings.recentLoginMinutes * 60,
    };
    const shared = { reads, writes, clock, policy };
    const signingKeys = await openSigningKeys({ ...shared, vault });
    const services: Services = {
      ...shared,
      log,
      signingKeys,
      limits: createLimits(settings.limits),
      tokens: createTokens({ signingKeys, policy, clock, vault }),
      oauthFlowKey: vault.deriveKey("oauth-flow"),
      adminKeys: createAdminKeys({ ...shared, settingsKey: keys.adminKey }),
      deployments: await openDeployments({
        ...shared,
        vault,
        registry: providers,
        initialProviders: settings.initialProviders,
      }),
    };
    return {
      database,
      services,
      migrated,
      newAdminKey: keys.isNewAdminKey ? keys.adminKey : null,
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** A whole gateway, not listening yet. */
export async function createApp(options: {
  settings: Settings;
  log: Logger;
  clock?: Clock;
  /** Off where a test with a clock of its own decides when users expire. */
  housekeeping?: boolean;
}): Promise<App> {
  const core = await openCore(options);
  const { services, database } = core;
  const http = await createHttpServer({ settings: options.settings, services, database, log: options.log });
  const schedule = startSchedule({ ...services, housekeeping: options.housekeeping ?? true });
  return {
    ...core,
    http,
    async stop() {
      http.startDraining();
      await http.fastify.close();
      await schedule.stop();
      await core.close();
    },
  };
}

function checkInitialProviders({ initialProviders }: Settings): void {
  const builtIn = providers.filter((each) => !each.isNamedByOperator);
  const problems = initialProviders.flatMap((name) => {
    const provider = builtIn.find((each) => each.name === name);
    if (!provider) {
      const names = builtIn.map((each) => each.name).join(", ");
      return [`INITIAL_PROVIDERS names ${JSON.stringify(name)}; there are ${names}`];
    }
    return provider.settings.safeParse({}).success
      ? []
      : [`INITIAL_PROVIDERS names ${name}, which needs settings: deploy it once the gateway runs`];
  });
  if (problems.length > 0) throw new SettingsError(problems);
}
