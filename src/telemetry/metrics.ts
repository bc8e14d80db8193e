/** Metrics for Prometheus. Label values come from a fixed set, so a client cannot create new series. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { errorCatalogue } from "../errors.ts";
import type { AnswerObserver } from "../schema/bounded-answers.ts";

export interface Metrics {
  readonly registry: Registry;
  /** Counts operations and errors of one graph. */
  graphObserver(graph: string): AnswerObserver;
  observeRequest(route: string, status: number, seconds: number): void;
}

const known = new Set(Object.keys(errorCatalogue));

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "passerby_http_request_seconds",
    help: "Time to answer, by route and status.",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  // Cached, because prom-client hashes the labels at every lookup.
  const observers = new Map<string, { observe(seconds: number): void }>();
  const fields = new Counter({
    name: "passerby_root_fields_total",
    help: "Executed root fields, such as loginAnonymous.",
    labelNames: ["graph", "field"],
    registers: [registry],
  });
  const errors = new Counter({
    name: "passerby_errors_total",
    help: "Errors that clients got, by code.",
    labelNames: ["graph", "code"],
    registers: [registry],
  });
  return {
    registry,
    observeRequest(route, status, seconds) {
      const key = `${status} ${route}`;
      let observer = observers.get(key);
      if (!observer) {
        observer = requests.labels(route, String(status));
        observers.set(key, observer);
      }
      observer.observe(seconds);
    },
    graphObserver:
      (graph) =>
      ({ response, operation }) => {
        for (const selection of operation?.selectionSet.selections ?? []) {
          if (selection.kind === "Field") fields.inc({ graph, field: selection.name.value });
        }
        if (response.body.kind !== "single") return;
        for (const error of response.body.singleResult.errors ?? []) {
          const code = String(error.extensions?.code);
          errors.inc({ graph, code: known.has(code) ? code : "GRAPHQL_REQUEST" });
        }
      },
  };
}
