/** Thousands of wrong codes and links from many addresses, drawn from a seed, against any gateway over HTTP. */
import { createHash } from "node:crypto";
import {
  type EmailOtp,
  linkByCode,
  loginByCode,
  type MailedCode,
  mailCode,
  wrongCode,
} from "./email-codes.ts";
import { codeOf, type Login, loginAnonymously, type PublicGraph } from "./gateway.ts";
import type { MailServer } from "./mail-server.ts";
import { createRandom, type Random } from "./random.ts";

export interface Attacked extends PublicGraph {
  readonly mailServer: MailServer;
}

/** Who is attacked, and by whom; the same for all tries of a run. */
interface Cast {
  /** Codes that are good. The attackers do not know them, and happen to avoid them. */
  readonly good: readonly MailedCode[];
  /** Replaced by a newer one, used, and with five wrong tries: none is good. */
  readonly dead: readonly MailedCode[];
  readonly guests: readonly Login[];
}

const [GOOD, DEAD, GUESTS] = [40, 10, 4];

/** Networks that a proxy saw; each has the limits of a client. */
export const addressOf = (client: number): { "x-forwarded-for": string } => ({
  "x-forwarded-for": `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`,
});
/** Honest clients come from elsewhere. */
const HONEST = 1 << 20;

async function createCast({ graph, mailServer }: Attacked): Promise<Cast> {
  let client = HONEST;
  const mail = (email: string) => mailCode({ graph }, mailServer, email, addressOf(client++));
  const [good, dead, guests]: [MailedCode[], MailedCode[], Login[]] = [[], [], []];
  for (let index = 0; index < GOOD; index++) good.push(await mail(`victim${index}@example.com`));
  for (let index = 0; index < DEAD; index++) {
    const [replaced, used, tried] = ["replaced", "used", "tried"].map((of) => `${of}${index}@example.com`);
    dead.push(await mail(String(replaced)));
    await mail(String(replaced));
    const login = await mail(String(used));
    const { errors } = await loginByCode({ graph }, { email: login.email, code: login.code });
    if (errors) throw new Error(JSON.stringify(errors));
    const worn = await mail(String(tried));
    for (let step = 1; step <= 5; step++)
      await loginByCode({ graph }, { email: worn.email, code: wrongCode(worn, step) }, addressOf(client++));
    dead.push(login, worn);
  }
  for (let index = 0; index < GUESTS; index++) guests.push(await loginAnonymously({ graph }));
  return { good, dead, guests };
}

const digits = (random: Random): string => String(random.below(1_000_000)).padStart(6, "0");
/** Of the same email another one than that which is good. */
const guess = ({ email, code }: MailedCode, random: Random): EmailOtp => {
  const tried = digits(random);
  return { email, code: tried === code ? wrongCode({ code }) : tried };
};

const attacks: Readonly<Record<string, (cast: Cast, random: Random) => EmailOtp>> = {
  "a guess": ({ good }, random) => guess(random.pick(good), random),
  "a neighbour of the right code": ({ good }, random) => {
    const one = random.pick(good);
    return { email: one.email, code: wrongCode(one, 1 + random.below(999_999)) };
  },
  "the code of another email": ({ good }, random) => {
    const [one, other] = random.two(good);
    return one.code === other.code ? guess(one, random) : { email: one.email, code: other.code };
  },
  "a code for an email that has none": (_, random) => ({
    email: `nothing${random.below(1_000)}@example.com`,
    code: digits(random),
  }),
  "a code that is not good any more": ({ dead }, random) => {
    const { email, code } = random.pick(dead);
    return { email, code };
  },
  "a link that is not good any more": ({ dead }, random) => ({ token: random.pick(dead).token }),
  "the right digits, and more or fewer": ({ good }, random) => {
    const { email, code } = random.pick(good);
    const changed = [code.slice(0, 5), `${code}0`, `0${code}`, `${code}${code}`, `${code}\u0000`, `+${code}`];
    return { email, code: random.pick([...changed, `${code}.0`, `${code}' OR '1'='1`, "%", ""]) };
  },
  "a link with something changed": ({ good }, random) => {
    const { token } = random.pick(good);
    const at = random.below(token.length - 1);
    const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    const hash = createHash("sha256").update(token).digest("base64url");
    return { token: random.pick([changed, token.slice(1), `${token}A`, token.toLowerCase(), hash, "", "%"]) };
  },
  "the code in the place of the token": ({ good }, random) => ({ token: random.pick(good).code }),
  "the token in the place of the code": ({ good }, random) => {
    const { email, token } = random.pick(good);
    return { email, code: token };
  },
};

/**
 * Sends wrong codes and links, as logins and as links by guests: they count together.
 * @returns how often each was tried, what it was answered, and what was accepted although it is wrong
 */
export async function attackCodes(
  attacked: Attacked,
  { tries, addresses, seed, clients }: { tries: number; addresses: number; seed: number; clients: number },
): Promise<{ made: Record<string, number>; answers: Record<string, number>; accepted: string[] }> {
  const cast = await createCast(attacked);
  const [made, answers]: [Record<string, number>, Record<string, number>] = [{}, {}];
  const accepted: string[] = [];
  const count = (into: Record<string, number>, name: string): void => {
    into[name] = (into[name] ?? 0) + 1;
  };
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < tries) {
      const index = next++;
      const random = createRandom(seed * 1_000_003 + index);
      const name = random.pick(Object.keys(attacks));
      const wrong = attacks[name]?.(cast, random) ?? {};
      const headers = addressOf(index % addresses);
      const answer = await (random.chance(0.5)
        ? loginByCode(attacked, wrong, headers)
        : linkByCode(attacked, random.pick(cast.guests).accessToken, wrong, headers));
      count(made, name);
      count(answers, codeOf(answer) ?? "ACCEPTED");
      if (!answer.errors) accepted.push(`${name}: ${JSON.stringify(wrong)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, run));
  return { made, answers, accepted };
}
