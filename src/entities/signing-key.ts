import { Column, Entity, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

/** A key pair that signs access tokens. Its state follows from the times of all keys; see identity/tokens/signing-keys.ts. */
@Entity("signing_keys")
export class SigningKey {
  @PrimaryColumn({ type: "varchar" })
  kid: string;

  @JsonColumn()
  publicJwk: Record<string, unknown>;

  /** PKCS #8, encrypted with the master key. */
  @Column({ type: "varchar" })
  privateKeyEncrypted: string;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  signsFrom: Date;

  /** The longest lifetime of a token that any gateway signs with it. */
  @Column({ type: "integer", default: 86_400 })
  longestTokenSeconds: number;
}
