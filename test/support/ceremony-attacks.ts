/** Thousands of ceremonies as attackers send them, drawn from a seed, against any gateway over HTTP. */
import { createKey, type Key, type ResponseJson, register, use } from "./authenticator.ts";
import { type Answer, codeOf, type Login, loginAnonymously, type PublicGraph } from "./gateway.ts";
import { keys, logins, registrations } from "./hostile-changes.ts";
import { mutateLogin, mutateMember, mutateRegistration } from "./mutated-ceremonies.ts";
import {
  createOwner,
  linkWith,
  loginByPasskey,
  loginOptions,
  loginWith,
  registrationOptions,
  site,
} from "./passkeys.ts";
import { createRandom, type Random } from "./random.ts";

interface Owner extends Login {
  readonly key: Key;
}

/** Who is attacked, and by whom; the same for all ceremonies of a run. */
interface Cast {
  readonly gateway: PublicGraph;
  readonly owners: readonly Owner[];
  /** Its passkey was used with COUNTER. */
  readonly counted: Owner;
  /** Has unlinked this passkey, and kept another. */
  readonly unlinked: Owner;
  readonly guests: readonly Login[];
}

const COUNTER = 1_000;

async function createCast(gateway: PublicGraph): Promise<Cast> {
  const makeOwner = async (key: Key): Promise<Owner> => ({
    ...(await createOwner(gateway, key, "First")),
    key,
  });
  const owners: Owner[] = [];
  for (const algorithm of ["ES256", "ES256", "EdDSA", "EdDSA", "RS256"] as const)
    owners.push(await makeOwner(createKey(algorithm)));
  const counted = await makeOwner(createKey());
  await honest(loginByPasskey(gateway, counted.key, { counter: COUNTER }));
  const unlinked = await makeOwner(createKey());
  const other = register(createKey(), await registrationOptions(gateway, unlinked.accessToken), site);
  const linked = await honest(linkWith(gateway, unlinked.accessToken, other));
  const first = linked.data.linkIdentity.user.identities.find(
    (identity: { name: string | null }) => identity.name === "First",
  );
  await honest(
    gateway.graph("mutation ($i: ID!) { unlinkIdentity(identityId: $i) { id } }", {
      token: unlinked.accessToken,
      variables: { i: first.id },
    }),
  );
  const guests: Login[] = [];
  for (let made = 0; made < 4; made++) guests.push(await loginAnonymously(gateway));
  return { gateway, owners, counted, unlinked, guests };
}

async function honest(answer: Promise<Answer>): Promise<Answer> {
  const given = await answer;
  if (given.errors) throw new Error(`An honest step failed: ${JSON.stringify(given.errors)}`);
  return given;
}

type Attack = (cast: Cast, random: Random) => Promise<Answer>;

/** With the passkey of an owner: a login, or a link by a guest, which would be offered a merge. */
async function present({ gateway, guests }: Cast, random: Random, response: ResponseJson): Promise<Answer> {
  return random.chance(0.5)
    ? loginWith(gateway, response)
    : linkWith(gateway, random.pick(guests).accessToken, response);
}

const ofGuest = async ({ gateway, guests }: Cast, random: Random) => {
  const { accessToken } = random.pick(guests);
  const options = await registrationOptions(gateway, accessToken);
  const link = (response: ResponseJson): Promise<Answer> => linkWith(gateway, accessToken, response);
  return { accessToken, options, link };
};

const attacks: Readonly<Record<string, Attack>> = {
  async "a registration with something wrong"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    const [one, other] = [
      random.pick(Object.values(registrations)),
      random.pick(Object.values(registrations)),
    ];
    return link(register(createKey(), options, site, random.chance(0.5) ? one : { ...other, ...one }));
  },
  async "a registration of a bad key"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    const { key, changes } = random.pick(Object.values(keys))();
    return link(register(key, options, site, changes));
  },
  async "a login with something wrong"(cast, random) {
    const options = await loginOptions(cast.gateway);
    const [one, other] = [random.pick(Object.values(logins)), random.pick(Object.values(logins))];
    const changes = random.chance(0.5) ? one : { ...other, ...one };
    return present(cast, random, use(random.pick(cast.owners).key, options, site, changes));
  },
  async "a registration with bytes changed"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    return link(mutateRegistration(register(createKey(), options, site), random));
  },
  async "a login with bytes changed"(cast, random) {
    const response = use(random.pick(cast.owners).key, await loginOptions(cast.gateway), site);
    return present(cast, random, mutateLogin(response, random));
  },
  async "a response with a member changed"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    if (random.chance(0.5)) return link(mutateMember(register(createKey(), options, site), random));
    const response = use(random.pick(cast.owners).key, await loginOptions(cast.gateway), site);
    return present(cast, random, mutateMember(response, random));
  },
  async "a passkey of another user"(cast, random) {
    const [mine, theirs] = random.two(cast.owners);
    const { id, userHandle } = theirs.key;
    const changes = random.pick([{ id }, { userHandle }, { id, userHandle }, { id, userHandle: null }]);
    return present(cast, random, use(mine.key, await loginOptions(cast.gateway), site, changes));
  },
  async "the id of another user's passkey for a new one"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    return link(register({ ...createKey(), id: random.pick(cast.owners).key.id }, options, site));
  },
  async "a login that succeeded, again"(cast, random) {
    const response = use(random.pick(cast.owners).key, await loginOptions(cast.gateway), site);
    await honest(loginWith(cast.gateway, response));
    return present(cast, random, response);
  },
  async "a registration that succeeded, again"({ gateway, guests }, random) {
    const { accessToken } = await loginAnonymously(gateway);
    const response = register(createKey(), await registrationOptions(gateway, accessToken), site);
    await honest(linkWith(gateway, accessToken, response));
    return linkWith(gateway, random.chance(0.5) ? accessToken : random.pick(guests).accessToken, response);
  },
  async "a login that answers a registration's challenge"(cast, random) {
    const { options, link } = await ofGuest(cast, random);
    const response = use(random.pick(cast.owners).key, options, site);
    return random.chance(0.5) ? link(response) : loginWith(cast.gateway, response);
  },
  async "a registration that answers a login's challenge"({ gateway, guests }, random) {
    const response = register(createKey(), await loginOptions(gateway), site);
    return linkWith(gateway, random.pick(guests).accessToken, response);
  },
  async "a registration as a login"(cast, random) {
    const { options } = await ofGuest(cast, random);
    return loginWith(cast.gateway, register(createKey(), options, site));
  },
  async "a registration of another session"({ gateway, guests }, random) {
    const [asked, sends] = random.two(guests);
    const response = register(createKey(), await registrationOptions(gateway, asked.accessToken), site);
    return linkWith(gateway, sends.accessToken, response);
  },
  async "a counter that does not grow"(cast, random) {
    const changes = { counter: random.below(COUNTER + 1) };
    return present(cast, random, use(cast.counted.key, await loginOptions(cast.gateway), site, changes));
  },
  async "a passkey that was unlinked"(cast, random) {
    return present(cast, random, use(cast.unlinked.key, await loginOptions(cast.gateway), site));
  },
};

interface Outcome {
  /** How often each attack was made. */
  readonly made: Readonly<Record<string, number>>;
  /** What was not INVALID_CREDENTIALS: the attack, and the number that draws it again. */
  readonly accepted: readonly string[];
}

/** @param options.seed with the number of a ceremony, draws what is sent; keys are new in each run */
export async function attack(
  gateway: PublicGraph,
  { ceremonies, seed, clients = 1 }: { ceremonies: number; seed: number; clients?: number },
): Promise<Outcome> {
  const cast = await createCast(gateway);
  const made: Record<string, number> = {};
  const accepted: string[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (let number = next++; number < ceremonies; number = next++) {
      const random = createRandom(seed + number);
      const [name, send] = random.pick(Object.entries(attacks));
      const code = codeOf(await send(cast, random));
      made[name] = (made[name] ?? 0) + 1;
      if (code !== "INVALID_CREDENTIALS")
        accepted.push(`${name} (ceremony ${number} of seed ${seed}): ${code ?? "accepted"}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  accepted.push(...(await findHarm(cast)));
  return { made, accepted };
}

/** Whom the attacks changed: guests are still guests, and owners log in as themselves with the passkeys they had. */
async function findHarm({ gateway, owners, counted, guests }: Cast): Promise<string[]> {
  const harm: string[] = [];
  for (const { accessToken } of guests) {
    const { data } = await gateway.graph("{ me { isAnonymous identities { id } } }", { token: accessToken });
    if (!data?.me?.isAnonymous || data.me.identities.length !== 1) harm.push("A guest was changed.");
  }
  for (const { id, key } of [...owners, counted]) {
    const { data } = await loginByPasskey(gateway, key, { counter: key === counted.key ? COUNTER + 1 : 0 });
    const user = data?.login?.user;
    if (user?.id !== id || user.identities.length !== 2) harm.push("An owner was changed.");
  }
  return harm;
}
