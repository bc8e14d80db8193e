/** Settings that OpenID Connect providers share. */
import { z } from "zod";
import { isRedirectUri } from "./addresses.ts";

export interface OpenidSettings {
  readonly clientIds: readonly string[];
  readonly profileClaims: Readonly<Record<string, string>>;
  /** Absent if there is no redirect flow. */
  readonly emailDomains?: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly scopes?: readonly string[];
  /** Default: true. */
  readonly allowPrivateAddresses?: boolean;
}

export const clientIds = z.array(z.string().min(1).max(512)).min(1).max(50).meta({
  title: "Client ids",
  description:
    "The client ids of your apps at this provider. The `aud` claim of ID tokens must contain one of them; the redirect flow uses the first.",
});

export const emailDomains = z
  .array(
    z
      .string()
      .max(253)
      .regex(/^[^\s@.]+(\.[^\s@.]+)*$/, { message: "Write it as example.com." })
      .transform((domain) => domain.toLowerCase()),
  )
  .max(100)
  .default([])
  .meta({
    title: "Email domains",
    description:
      "Only users with a verified email in one of these domains can log in; subdomains are not included. If empty, any email is accepted.",
  });

export const clientSecret = z
  .string()
  .min(1)
  .max(2_048)
  .refine((given) => given === given.trim(), {
    message: "It begins or ends with a space or a line break, which client secrets never do. Copy it again.",
  })
  .optional()
  .meta({
    title: "Client secret",
    description: "The secret of the first client id, for the redirect flow.",
    secret: true,
  });

export const redirectUris = z
  .array(
    z.string().max(2_048).refine(isRedirectUri, {
      message:
        "Write it as https://app.example.com/callback: https (http on localhost, or an app's own scheme with a dot), with its path, without query and fragment.",
    }),
  )
  .max(100)
  .default([])
  .meta({
    title: "Redirect URIs",
    description:
      "The pages of your app that the provider may redirect to. The app must send one of them as `redirectUri`, exactly. If empty, the redirect flow is disabled.",
  });

export const scopes = (...usual: readonly string[]) =>
  z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
    .max(50)
    .refine((given) => given.includes("openid"), { message: "`openid` must be one of them." })
    .default(["openid", ...usual])
    .meta({ title: "Scopes", description: "The scopes that the redirect flow requests." });

/** An issue about a setting that the redirect flow requires. */
export const needs = (path: string, message: string) => ({
  code: "custom" as const,
  path: [path],
  message,
});

/** Default: true. Optional instead of a zod default, so that it is not added to stored settings. */
export const allowPrivateAddresses = z.boolean().optional().meta({
  default: true,
  title: "Allow private addresses",
  description:
    "Whether the provider's discovery document, keys and endpoints may have private addresses: on this machine or in its network.",
});

/** The path of a discovery document (Discovery §4), which is sometimes given in place of an issuer or a JWKS URL. */
export const WELL_KNOWN_ADDRESS = /\/\.well-known\/(openid-configuration|oauth-authorization-server)\/?$/;
