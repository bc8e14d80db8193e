import { Counter, type Registry } from "prom-client";

/** How guests were created, read when it is scraped: an anonymous login must not pay for labels. */
export function observeGuestProofs(registry: Registry, totals: Readonly<Record<string, number>>): void {
  new Counter({
    name: "passerby_guest_proofs_total",
    help: "Proofs of work of this gateway that were asked for or failed, guests that were created with one (solved), and without.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(totals)) this.inc({ outcome }, count);
    },
  });
}
