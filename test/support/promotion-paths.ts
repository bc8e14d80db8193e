/** Every path by which a guest becomes permanent. A new sign-in method adds its line to `paths`. */
import { randomBytes, randomUUID } from "node:crypto";
import { createKey, register, use } from "./authenticator.ts";
import { deployCodes, linkByCode, mailCode } from "./email-codes.ts";
import { answerJson, type Endpoint, startEndpoint } from "./endpoint.ts";
import { type Answer, type Gateway, type Login, linkEmail, loginAnonymously, mergeUser } from "./gateway.ts";
import { type IdentityProvider, startIdentityProvider } from "./identity-provider.ts";
import { deployIssuer, type Issuer } from "./issuer.ts";
import type { MailServer } from "./mail-server.ts";
import { completeOAuth, deployProvider, linkIdToken, startOAuth } from "./oauth.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginOptions,
  registrationOptions,
  site,
} from "./passkeys.ts";

/** The gateway, and who vouches for visitors. */
export interface Stage {
  readonly gateway: Gateway;
  readonly issuer: Issuer;
  readonly idp: IdentityProvider;
  readonly endpoint: Endpoint;
  readonly mailServer: MailServer;
  close(): Promise<void>;
}

const REDIRECT = "https://app.example.com/callback";

export async function openStage(gateway: Gateway, mailServer: MailServer): Promise<Stage> {
  const issuer = await deployIssuer(gateway);
  const idp = await startIdentityProvider(REDIRECT);
  const endpoint = await startEndpoint((_asked, response) =>
    answerJson({ subject: randomUUID() })(_asked, response),
  );
  await deployProvider(gateway, { name: "company", type: "oidc", settings: idp.settings });
  await deployProvider(gateway, {
    name: "custom-function",
    settings: {
      url: `http://127.0.0.1:${endpoint.port}/`,
      secret: `whsec_${randomBytes(24).toString("base64")}`,
      allowPrivateAddresses: true,
    },
  });
  await deployPasskeys(gateway);
  await deployCodes(gateway);
  return {
    ...{ gateway, issuer, idp, endpoint, mailServer },
    close: async () => void (await Promise.all([idp.stop(), endpoint.stop()])),
  };
}

interface Outcome {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Whom the guest was merged into; null when it was linked. */
  readonly survivorId: string | null;
}

interface Path {
  /** As events and audit name it. */
  readonly provider: string;
  promote(stage: Stage, guest: Login): Promise<Outcome>;
}

const linked = ({ data, errors }: Answer, field = "linkIdentity"): Outcome => {
  if (errors) throw new Error(JSON.stringify(errors));
  const { accessToken, refreshToken } = data[field];
  return { accessToken, refreshToken, survivorId: null };
};

/** By the conflict of an identity that a permanent user has. */
async function merged(stage: Stage, guest: Login, ownerId: string, conflict: Answer): Promise<Outcome> {
  const { mergeTicket } = conflict.data.linkIdentity;
  const answer = await mergeUser(stage.gateway, guest.accessToken, mergeTicket);
  return { ...linked(answer, "mergeUser"), survivorId: ownerId };
}

const newEmail = (): string => `${randomUUID()}@example.com`;

export const paths: Readonly<Record<string, Path>> = {
  "an email and password": {
    provider: "local-userpass",
    promote: async ({ gateway }, { accessToken }) =>
      linked(await linkEmail(gateway, accessToken, newEmail())),
  },
  "a token of the operator's issuer": {
    provider: "custom-token",
    promote: async ({ issuer }, { accessToken }) => linked(await issuer.link(accessToken, randomUUID())),
  },
  "an ID token": {
    provider: "company",
    promote: async ({ gateway, idp }, { accessToken }) => {
      const token = await idp.signIdToken({ sub: randomUUID() }, gateway.clock.now());
      return linked(await linkIdToken(gateway, accessToken, { provider: "company", token }));
    },
  },
  "a redirect": {
    provider: "company",
    promote: async ({ gateway, idp }, { accessToken }) => {
      const request = { provider: "company", redirectUri: REDIRECT, link: true };
      const { data } = await startOAuth(gateway, request, accessToken);
      const back = await idp.visit(data.startOAuth.url, randomUUID());
      return linked(await completeOAuth(gateway, back, accessToken), "completeOAuth");
    },
  },
  "the operator's function": {
    provider: "custom-function",
    promote: async ({ gateway }, { accessToken: token }) =>
      linked(
        await gateway.graph(
          `mutation { linkIdentity(credentials: { function: { payload: { ticket: 1 } } }) {
             ... on AuthPayload { accessToken refreshToken } } }`,
          { token },
        ),
      ),
  },
  "a passkey": {
    provider: "passkey",
    promote: async ({ gateway }, { accessToken }) => {
      const options = await registrationOptions(gateway, accessToken);
      return linked(await linkWith(gateway, accessToken, register(createKey(), options, site)));
    },
  },
  "a code of an email": {
    provider: "email-otp",
    promote: async ({ gateway, mailServer }, { accessToken }) => {
      const { email, code } = await mailCode(gateway, mailServer, newEmail());
      return linked(await linkByCode(gateway, accessToken, { email, code }));
    },
  },
  "the link of an email": {
    provider: "email-otp",
    promote: async ({ gateway, mailServer }, { accessToken }) => {
      const { token } = await mailCode(gateway, mailServer, newEmail());
      return linked(await linkByCode(gateway, accessToken, { token }));
    },
  },
  "a merge by email and password": {
    provider: "local-userpass",
    promote: async (stage, guest) => {
      const email = newEmail();
      const owner = await loginAnonymously(stage.gateway);
      await linkEmail(stage.gateway, owner.accessToken, email);
      return merged(stage, guest, owner.id, await linkEmail(stage.gateway, guest.accessToken, email));
    },
  },
  "a merge by a code of an email": {
    provider: "email-otp",
    promote: async (stage, guest) => {
      const { gateway, mailServer } = stage;
      const owner = await loginAnonymously(gateway);
      const first = await mailCode(gateway, mailServer, newEmail());
      linked(await linkByCode(gateway, owner.accessToken, { token: first.token }));
      const { email, code } = await mailCode(gateway, mailServer, first.email);
      return merged(stage, guest, owner.id, await linkByCode(gateway, guest.accessToken, { email, code }));
    },
  },
  "a merge by passkey": {
    provider: "passkey",
    promote: async (stage, guest) => {
      const key = createKey();
      const { id } = await createOwner(stage.gateway, key);
      const response = use(key, await loginOptions(stage.gateway), site);
      return merged(stage, guest, id, await linkWith(stage.gateway, guest.accessToken, response));
    },
  },
};
