import type { DueDelivery } from "./due-deliveries.ts";

/** Deliveries in memory, each of which may be attempted once those that it waits for have succeeded. */
export interface DeliveryQueue {
  /** @param deliveries each after those that it waits for */
  add(deliveries: readonly DueDelivery[]): void;
  hasNext(): boolean;
  /** Takes out the next one that waits for nothing. @throws Error when there is none */
  next(): DueDelivery;
  /** What waited for it may be attempted; after a failure it is dropped, and waits in the database. */
  settle(delivery: DueDelivery, isSuccess: boolean): void;
  positions(): number[];
  size(): number;
  clear(): void;
}

export function createDeliveryQueue(): DeliveryQueue {
  let ready: DueDelivery[] = [];
  const waiting = new Map<number, { readonly delivery: DueDelivery; readonly left: Set<number> }>();
  /** By what they wait for. */
  const followers = new Map<number, number[]>();

  const settle = ({ position }: DueDelivery, isSuccess: boolean): void => {
    const next = followers.get(position) ?? [];
    followers.delete(position);
    for (const each of next) {
      const follower = waiting.get(each);
      if (!follower) continue;
      follower.left.delete(position);
      if (isSuccess && follower.left.size > 0) continue;
      waiting.delete(each);
      if (isSuccess) ready.push(follower.delivery);
      else settle(follower.delivery, false);
    }
  };
  return {
    add(deliveries) {
      for (const delivery of deliveries) {
        if (delivery.waitsFor.length === 0) {
          ready.push(delivery);
          continue;
        }
        waiting.set(delivery.position, { delivery, left: new Set(delivery.waitsFor) });
        for (const each of delivery.waitsFor) {
          const others = followers.get(each);
          if (others) others.push(delivery.position);
          else followers.set(each, [delivery.position]);
        }
      }
    },
    hasNext: () => ready.length > 0,
    next() {
      const delivery = ready.shift();
      if (!delivery) throw new Error("Every delivery in memory waits for another one.");
      return delivery;
    },
    settle,
    positions: () => [...ready.map(({ position }) => position), ...waiting.keys()],
    size: () => ready.length + waiting.size,
    clear() {
      ready = [];
      waiting.clear();
      followers.clear();
    },
  };
}
