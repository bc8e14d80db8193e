import { type EntityManager, In } from "typeorm";
import { PasswordCredential } from "../entities/password-credential.ts";
import { storedSpellings } from "../text/email-address.ts";

/** The credential of an email, in any of its spellings; null when there is none. */
export async function findCredential(
  reads: EntityManager,
  email: string,
): Promise<PasswordCredential | null> {
  const [first, second] = storedSpellings(email);
  if (first === undefined) return null;
  if (second === undefined) return reads.findOneBy(PasswordCredential, { email: first });
  const found = await reads.findBy(PasswordCredential, { email: In([first, second]) });
  return found.find((each) => each.email === first) ?? found[0] ?? null;
}
