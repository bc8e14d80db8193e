import { Column, Entity, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A lease: which gateway runs a job, so that only one does. */
@Entity("job_leases")
export class JobLease {
  @PrimaryColumn({ type: "varchar" })
  name: string;

  @Column({ type: "varchar" })
  owner: string;

  @TimeColumn()
  leasedUntil: Date;
}
