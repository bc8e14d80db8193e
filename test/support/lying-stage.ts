/** A gateway, and a provider that it deals with and that lies when it is told to. */
import { type Answer, codeOf, countRows, createDatabase, type Gateway, startGateway } from "./gateway.ts";
import { type LyingProvider, startLyingProvider } from "./lying-provider.ts";
import { deployProvider, loginWithIdToken, realTimeClock } from "./oauth.ts";

export const REDIRECT = "http://127.0.0.1:3000/callback";
export const provider = "company";
export type Signature = Parameters<LyingProvider["signIdToken"]>[2];

export interface LyingStage {
  readonly gateway: Gateway;
  readonly databaseUrl: string;
  readonly idp: LyingProvider;
  /** A deployment of its own, which has everything to learn about the provider again. */
  deploy(settings?: object): Promise<void>;
  sign(claims?: Record<string, unknown>, signature?: Signature): Promise<string>;
  login(token: string, nonce?: string): Promise<Answer>;
  /** The code of a rejection that left no row behind. */
  rejection(attempt: () => Promise<Answer>): Promise<string | undefined>;
  tellTheTruth(): void;
  close(): Promise<void>;
}

export async function openLyingStage(): Promise<LyingStage> {
  const database = await createDatabase("sqlite");
  const [gateway, idp] = await Promise.all([
    startGateway({ url: database.url, clock: realTimeClock() }),
    startLyingProvider(REDIRECT),
  ]);
  let deployments = 0;
  const deploy = (settings: object = {}): Promise<void> =>
    deployProvider(gateway, {
      name: provider,
      type: "oidc",
      settings: { ...idp.settings, displayName: `Company ${++deployments}`, ...settings },
    });
  await deploy();
  const countAll = (): Promise<number[]> =>
    Promise.all(["users", "identities", "sessions"].map((table) => countRows(gateway, table)));
  return {
    gateway,
    databaseUrl: database.url,
    idp,
    deploy,
    sign: (claims = {}, signature) =>
      idp.signIdToken({ sub: "ada", ...claims }, gateway.clock.now(), signature),
    login: (token, nonce) =>
      loginWithIdToken(gateway, { provider, token, ...(nonce !== undefined && { nonce }) }),
    async rejection(attempt) {
      const before = await countAll();
      const answer = await attempt();
      const after = await countAll();
      if (String(after) !== String(before)) throw new Error(`Rows were ${before}, and are ${after}.`);
      return codeOf(answer);
    },
    tellTheTruth() {
      for (const name of Object.keys(idp.lies)) delete idp.lies[name as keyof typeof idp.lies];
    },
    async close() {
      await Promise.all([gateway.stop(), idp.stop()]);
      await database.drop();
    },
  };
}
