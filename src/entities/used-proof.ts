import { Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A proof of possession (DPoP) or of work that was used, so that no gateway accepts it again. */
@Entity("used_proofs")
@Index("used_proofs_expires", ["expiresAt"])
export class UsedProof {
  /** SHA-256 of what identifies it, base64url: the key's thumbprint and the `jti`, or the challenge of the work. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  /** When every gateway rejects the proof for its age. */
  @TimeColumn()
  expiresAt: Date;
}
