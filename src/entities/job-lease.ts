import { Column, Entity, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** Which gateway runs a job right now, so that one does. */
@Entity("job_leases")
export class JobLease {
  @PrimaryColumn({ type: "varchar" })
  name: string;

  @Column({ type: "varchar" })
  owner: string;

  @TimeColumn()
  leasedUntil: Date;
}
