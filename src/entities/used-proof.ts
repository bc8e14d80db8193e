import { Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A proof of possession (DPoP) that refreshed a session, so that no gateway accepts it again. */
@Entity("used_proofs")
@Index("used_proofs_expires", ["expiresAt"])
export class UsedProof {
  /** SHA-256 of the key's thumbprint and the proof's `jti`, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  /** When every gateway rejects the proof for its age. */
  @TimeColumn()
  expiresAt: Date;
}
