/**
 * The composition root of everything but the server, used by the commands too, which start faster without Apollo and
 * Fastify. app.ts adds the server and the jobs.
 */
import type { Logger } from "pino";
import { createAudit } from "./audit/audit.ts";
import { countFailedChecks } from "./audit/count-failed-checks.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Database, openDatabase } from "./database/database.ts";
import { migrate } from "./database/migrate.ts";
import { openDeployments } from "./deployments/deployments.ts";
import { createEncryption } from "./encryption.ts";
import { openEventLog } from "./events/event-log.ts";
import { createGuestProofs } from "./identity/login/guest-proofs.ts";
import type { IdentityPolicy } from "./identity/policy.ts";
import { createRevokedSessions } from "./identity/revocation/revoked-sessions.ts";
import { createNonRotatingTokens } from "./identity/sessions/non-rotating-tokens.ts";
import { openSigningKeys } from "./identity/tokens/signing-keys.ts";
import { createTokens } from "./identity/tokens/tokens.ts";
import type { Delivery } from "./mail/delivery.ts";
import { openEmail } from "./mail/open.ts";
import { loadTemplates, TemplateError } from "./mail/templates.ts";
import { createAdminKeys } from "./operators/admin-keys.ts";
import { createOperatorSessions } from "./operators/operator-sessions.ts";
import { providers } from "./providers/index.ts";
import { createLimits } from "./rate-limits/limits.ts";
import { createRequestLoad } from "./request-load.ts";
import type { Services } from "./services.ts";
import { type PartSettings, readSettings, type Settings, SettingsError } from "./settings/settings.ts";
import { resolveKeys } from "./start/secrets-file.ts";
import { createActiveSessionCounter } from "./statistics/active-sessions.ts";
import { createFailureCounter, createProofCounter } from "./statistics/gathered-counter.ts";
import type { Dispatcher } from "./webhooks/delivery/dispatcher.ts";
import { openWebhooks } from "./webhooks/webhooks.ts";

export interface Core {
  readonly database: Database;
  readonly services: Services;
  readonly delivery: Delivery;
  /** Of webhooks. */
  readonly dispatcher: Dispatcher;
  /** Names of the migrations that opening it ran. */
  readonly migrated: readonly string[];
  /** The admin key if it was generated just now; otherwise null. */
  readonly newAdminKey: string | null;
  close(): Promise<void>;
}

/** @throws SettingsError, and what opening the database throws */
export async function openCore({
  settings,
  log,
  clock = systemClock,
  isCommand = false,
}: {
  settings: Settings;
  log: Logger;
  clock?: Clock;
  /** true for commands, which may wait longer for the database than requests. */
  isCommand?: boolean;
}): Promise<Core> {
  const problems = checkParts(settings);
  if (problems.length > 0) throw new SettingsError(problems);
  const render = loadTemplates(settings.mailTemplates);
  const database = await openDatabase({ url: settings.databaseUrl, poolSize: settings.databasePoolSize });
  try {
    const migrated = await migrate(database);
    const keys = resolveKeys(settings, database.file);
    const encryption = createEncryption(keys.masterKey);
    const { reads, writes } = isCommand ? database.long : database;
    const policy: IdentityPolicy = {
      issuer: settings.publicUrl,
      audience: settings.tokenAudience,
      accessTokenSeconds: settings.accessTokenSeconds,
      keyPublishSeconds: settings.signingKeyPublishMinutes * 60,
      refreshTokenDays: settings.refreshTokenDays,
      anonymousUserDays: settings.anonymousUserDays,
      expiryNoticeDays: settings.expiryNoticeDays,
      requireDpop: settings.requireDpop,
      recentLoginSeconds: settings.recentLoginMinutes * 60,
    };
    const audit = createAudit({
      ...{ reads, writes, clock, log },
      failedLogins: createFailureCounter({ writes, clock, log }),
    });
    const eventLog = await openEventLog({ reads, writes, clock }, { eventDays: settings.eventDays });
    const shared = { reads, writes, clock, policy, audit, eventLog };
    const signingKeys = await openSigningKeys({ ...shared, encryption });
    const emailOptions = { to: settings.emailsTo, from: settings.emailsFrom };
    const { outbox, delivery } = openEmail({ ...shared, encryption, log, render, options: emailOptions });
    const load = createRequestLoad();
    const { webhooks, dispatcher } = openWebhooks({
      ...shared,
      log,
      load,
      encryption,
      privateAddresses: settings.webhookPrivateAddresses,
    });
    const deployments = await openDeployments({
      ...shared,
      encryption,
      registry: providers,
      sendsEmails: outbox.isEnabled,
      initialProviders: settings.initialProviders,
    });
    const services: Services = {
      ...shared,
      log,
      load,
      webhooks,
      signingKeys,
      revokedSessions: createRevokedSessions({ ...shared, signingKeys }),
      outbox,
      limits: createLimits(settings.limits),
      tokens: createTokens({ signingKeys, policy, clock, encryption }),
      nonRotatingTokens: createNonRotatingTokens(encryption),
      oauthFlowKey: encryption.deriveKey("oauth-flow"),
      emailCodeKey: encryption.deriveKey("email-code"),
      adminKeys: createAdminKeys({ ...shared, settingsKey: keys.adminKey }),
      operatorSessions: createOperatorSessions({
        ...shared,
        settingsKey: keys.adminKey,
        markKey: encryption.deriveKey("operator-session"),
      }),
      deployments,
      providers: {
        enabledProviders: deployments.enabledProviders,
        requireEnabled: countFailedChecks(audit, deployments.requireEnabled),
        confirmingEmails: deployments.confirmingEmails,
      },
      guestProofs: createGuestProofs({
        mode: settings.guestProofOfWork,
        key: encryption.deriveKey("guest-proof-of-work"),
        daily: createProofCounter({ writes, clock, log }),
      }),
      activeSessions: createActiveSessionCounter({ reads: database.long.reads, clock }),
    };
    return {
      database,
      services,
      delivery,
      dispatcher,
      migrated,
      newAdminKey: keys.isNewAdminKey ? keys.adminKey : null,
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** @throws SettingsError naming every problem at once, including those of providers and email templates */
export const readAllSettings = (environment: NodeJS.ProcessEnv): Settings =>
  readSettings(environment, checkParts);

const checkParts = (settings: PartSettings): string[] => [
  ...initialProviderProblems(settings),
  ...templateProblems(settings),
];

function templateProblems({ mailTemplates }: PartSettings): string[] {
  try {
    loadTemplates(mailTemplates);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.problems.map((problem) => `MAIL_TEMPLATES: ${problem}`);
  }
}

function initialProviderProblems({ initialProviders }: PartSettings): string[] {
  const builtIn = providers.filter((each) => !each.isNamedByOperator);
  return initialProviders.flatMap((name) => {
    const provider = builtIn.find((each) => each.name === name);
    if (!provider) {
      const names = builtIn.map((each) => each.name).join(", ");
      return [`INITIAL_PROVIDERS names ${JSON.stringify(name)}; there are ${names}`];
    }
    return provider.settings.safeParse({}).success
      ? []
      : [`INITIAL_PROVIDERS names ${name}, which needs settings: deploy it once the gateway runs`];
  });
}
