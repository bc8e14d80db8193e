/** The Fastify shell: routes, headers, limits of size and time. It knows no rule of identity. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { buildAdminSchema } from "../admin/graph.ts";
import type { Database } from "../database/database.ts";
import { buildGatewaySchema } from "../graphql/graph.ts";
import { registerRealm } from "../realm/register.ts";
import { requestBudget } from "../request-budget.ts";
import { ValuePool } from "../schema/answer-budget.ts";
import { Documents } from "../schema/documents.ts";
import { createGraphServer } from "../schema/server.ts";
import type { Services } from "../services.ts";
import { isLocalUrl } from "../settings/endpoints.ts";
import type { Settings } from "../settings/settings.ts";
import { observeGuestProofs } from "../telemetry/guest-metrics.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { observeWebhooks } from "../telemetry/webhook-metrics.ts";
import { addAuditExport } from "./audit-export.ts";
import { boundBodies, readJsonBodies } from "./bodies.ts";
import { createClientInfoReader, createTrustProxy } from "./client-info.ts";
import { isConsoleBuilt, serveConsole } from "./console.ts";
import { createConsoleCookie } from "./console-cookie.ts";
import { serveConsoleSession } from "./console-session.ts";
import { addCors, withCredentials } from "./cors.ts";
import { createDrain } from "./drain.ts";
import { answerErrors } from "./error-answer.ts";
import { graphHandler } from "./graph-handler.ts";
import { isGraphiqlBuilt, serveGraphiql } from "./graphiql.ts";
import { addHealthRoutes } from "./health.ts";
import { introspectionRoute } from "./introspection.ts";
import { createKeyProofReader } from "./key-proof.ts";
import { addKeyRoutes } from "./key-routes.ts";
import { createMount } from "./mount.ts";
import { contextOf, decorateWithClientInfo } from "./request-context.ts";
import { boundRequests, takesItsPlace } from "./requests.ts";
import { revokedSessionsRoute } from "./revoked-sessions.ts";
import { securityHeaders } from "./security-headers.ts";
import { createSessionCookies } from "./session-cookies.ts";
import { watchConnections } from "./silent-connections.ts";
import { WaitingAnswers } from "./waiting-answers.ts";

export interface HttpServer {
  readonly fastify: FastifyInstance;
  /** From now on `/readyz` returns 503, and responses close their connections. */
  startDraining(): void;
  /** Accepts no new requests, and answers those that are open. */
  close(): Promise<void>;
  /** Served by a separate listener. */
  readonly metrics: Registry;
}

export async function createHttpServer({
  settings,
  services,
  database,
  log,
}: {
  settings: Settings;
  services: Services;
  database: Database;
  log: Logger;
}): Promise<HttpServer> {
  const metrics = createMetrics();
  observeWebhooks(metrics.registry, { ...services, reads: database.long.reads });
  observeGuestProofs(metrics.registry, services.guestProofs.counts.totals);
  const mount = createMount(settings.publicUrl);
  const nothingHere = `There is nothing here. The graph is at ${mount.path}/graphql.`;
  const trustProxy = createTrustProxy(settings.trustProxy);
  const fastify = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would be expensive; the few lines about a request have its id.
    childLoggerFactory: (logger) => logger,
    bodyLimit: requestBudget.bodyBytes,
    requestTimeout: requestBudget.requestSeconds * 1_000,
    // Node's default is to look for timed out requests every 30 seconds only.
    http: { headersTimeout: requestBudget.headersSeconds * 1_000, connectionsCheckingInterval: 1_000 },
    // For X-Forwarded-Proto and X-Forwarded-Host. Given a number of proxies, Fastify would trust none.
    trustProxy,
    forceCloseConnections: "idle",
    // Requests that arrive on open connections while the server closes are answered.
    return503OnClosing: false,
    // Realm SDKs whose base URL ends in a slash request `//api/client/…`.
    routerOptions: { ignoreDuplicateSlashes: true },
    ...(mount.rewriteUrl && { rewriteUrl: mount.rewriteUrl }),
    genReqId: (request) => requestId(request.headers["x-request-id"]),
  });

  const requests = boundRequests(fastify, log, watchConnections(fastify));
  decorateWithClientInfo(fastify, createClientInfoReader(trustProxy));

  mount.watch(fastify);
  const drain = createDrain(fastify);
  const fixedHeaders = securityHeaders(settings.publicUrl.startsWith("https:"));
  fastify.addHook("onRequest", (request, reply, done) => {
    reply.headers(fixedHeaders).header("x-request-id", request.id);
    drain.track(reply);
    requests.begin(reply);
    services.load.count();
    done();
  });
  fastify.addHook("onResponse", (request, reply, done) => {
    requests.end(reply);
    drain.untrack(reply);
    const route = request.routeOptions.url ?? "unknown";
    metrics.observeRequest(route, reply.statusCode, reply.elapsedTime / 1_000);
    if (log.isLevelEnabled("debug")) {
      const { id, method } = request;
      const ms = Math.round(reply.elapsedTime);
      log.debug({ reqId: id, method, route, status: reply.statusCode, ms }, "request completed");
    }
    done();
  });
  fastify.setErrorHandler(answerErrors(log));
  fastify.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      errors: [{ message: nothingHere, extensions: { code: "NOT_FOUND" } }],
    }),
  );

  boundBodies(fastify, requests);
  readJsonBodies(fastify);

  await addCors(fastify, settings);
  addHealthRoutes(fastify, { database, isDraining: drain.isDraining });
  addKeyRoutes(fastify, { issuer: settings.publicUrl, signingKeys: services.signingKeys });

  await fastify.register(introspectionRoute(services));
  await fastify.register(revokedSessionsRoute(services));

  const cookie = settings.console ? createConsoleCookie(settings.publicUrl) : null;
  addAuditExport(fastify, { services, cookie, reads: database.long.reads });

  const readKeyProof = createKeyProofReader({
    clock: services.clock,
    url: new URL(`${settings.publicUrl}/graphql`).href,
    routerUrls: settings.dpopRouterUrls,
  });
  const graphs = [
    {
      name: "gateway",
      path: "/graphql",
      schema: buildGatewaySchema(settings),
      access: { isAdminSurface: false, openSessionCookie: createSessionCookies(settings), readKeyProof },
      config: settings.sessionCookies ? { ...takesItsPlace, cors: withCredentials } : takesItsPlace,
    },
    {
      name: "admin",
      path: "/admin/graphql",
      schema: buildAdminSchema(),
      access: { isAdminSurface: true, cookie },
      config: takesItsPlace,
    },
  ];
  const answers = new WaitingAnswers();
  const values = new ValuePool();
  for (const { name, path, schema, access, config } of graphs) {
    const documents = new Documents();
    const apollo = createGraphServer({
      schema,
      documents,
      values,
      introspection: settings.introspection,
      log,
      observe: metrics.graphObserver(name),
    });
    await apollo.start();
    fastify.route({
      url: path,
      method: ["GET", "POST"],
      bodyLimit: requestBudget.graphBodyBytes,
      config,
      handler: graphHandler(
        {
          apollo,
          documents,
          mayTakeLong: access.isAdminSurface,
          contextOf: (request) => contextOf(services, request, access),
        },
        { requests, answers },
      ),
    });
  }

  if (settings.realm) {
    await registerRealm(fastify, {
      services,
      settings: {
        appId: settings.appId,
        publicUrl: isLocalUrl(settings.publicUrl) ? null : settings.publicUrl,
      },
    });
  }

  const hasConsole = cookie !== null && isConsoleBuilt();
  if (settings.graphiql && isGraphiqlBuilt()) {
    await serveGraphiql(fastify, { mount: mount.path, hasConsole });
  }
  if (cookie) serveConsoleSession(fastify, { services, cookie });
  if (hasConsole) await serveConsole(fastify, mount.path);

  return {
    fastify,
    metrics: metrics.registry,
    startDraining: drain.start,
    async close() {
      const { cut } = await drain.close();
      if (cut > 0) log.warn({ requests: cut }, "drain timeout: closed connections with open requests");
    },
  };
}

/** The client's request id is used if it is short and printable. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}
