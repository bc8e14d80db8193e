import { Column, Entity, PrimaryColumn } from "typeorm";

/** A number that all gateways of a database share. Updating its row also makes transactions wait for each other. */
@Entity("counters")
export class Counter {
  /** `event-position`: the last assigned place in the event log. `expiry-notice`: users created until then have had their notice. */
  @PrimaryColumn({ type: "varchar" })
  name: string;

  @Column({ type: "bigint" })
  value: number | string;
}
