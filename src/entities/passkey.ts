import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { JsonColumn } from "./columns.ts";
import { Identity } from "./identity.ts";

/** A WebAuthn credential. Its name and last use are those of its identity. */
@Entity("passkeys")
@Index("passkeys_identity", ["identityId"])
@Index("passkeys_credential", ["credentialId"], { unique: true })
export class Passkey {
  /** The subject of its identity. Never the credential id, which its authenticator chose: see docs/passkeys.md. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  identityId: string;

  @ManyToOne(() => Identity, { onDelete: "CASCADE" })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "passkeys_identity_fk" })
  identity?: Relation<Identity>;

  /** 16 to 1,023 bytes, base64url. */
  @Column({ type: "varchar" })
  credentialId: string;

  /** COSE_Key (RFC 9052 §7), base64url. */
  @Column({ type: "text" })
  publicKey: string;

  /** Of its last use, from 0 to 2^32 - 1; 0 for authenticators that do not count. */
  @Column({ type: "bigint", transformer: { to: (value: unknown) => value, from: Number } })
  counter: number;

  /** How its authenticator can be reached, such as `internal` or `usb`; a hint for browsers. */
  @JsonColumn()
  transports: string[];

  /** Whether the authenticator's provider has a copy, as it said at the last use. */
  @Column({ type: "boolean" })
  isBackedUp: boolean;
}
