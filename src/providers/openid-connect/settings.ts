/** What the settings of every OpenID Connect provider have in common. */
import { z } from "zod";
import { isRedirectUri } from "./addresses.ts";

export interface OpenidSettings {
  readonly clientIds: readonly string[];
  readonly profileClaims: Readonly<Record<string, string>>;
  /** Absent where there is no redirect flow. */
  readonly emailDomains?: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly scopes?: readonly string[];
  /** Absent: they are. */
  readonly allowPrivateAddresses?: boolean;
}

export const clientIds = z.array(z.string().min(1).max(512)).min(1).max(50).meta({
  title: "Client ids",
  description:
    "What this provider calls your apps; the `aud` claim must hold one of them. The redirect flow uses the first.",
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
      "Only users with a verified email in one of these domains can log in; subdomains are not included. Empty: any email.",
  });

export const clientSecret = z
  .string()
  .min(1)
  .max(2_048)
  .refine((given) => given === given.trim(), {
    message:
      "It begins or ends with a space or a line break, which no provider's secret does. Copy it again.",
  })
  .optional()
  .meta({
    title: "Client secret",
    description: "Of the first client id, for the redirect flow.",
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
    title: "Redirect addresses",
    description:
      "Where the provider may send a browser back to, each exactly as your app asks for it. Empty: no redirect flow.",
  });

export const scopes = (...usual: readonly string[]) =>
  z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
    .max(50)
    .refine((given) => given.includes("openid"), { message: "`openid` must be one of them." })
    .default(["openid", ...usual])
    .meta({ title: "Scopes", description: "What the redirect flow asks for." });

/** What a redirect flow cannot do without. */
export const needs = (path: string, message: string) => ({
  code: "custom" as const,
  path: [path],
  message,
});

/** Absent: they are. Nothing is written into settings that do not say it. */
export const allowPrivateAddresses = z.boolean().optional().meta({
  default: true,
  title: "Allow private addresses",
  description: "Whether what this provider publishes may be in this machine or its own network.",
});

/** Where a discovery document is (Discovery §4), which is neither an issuer nor a key set. */
export const WELL_KNOWN_ADDRESS = /\/\.well-known\/(openid-configuration|oauth-authorization-server)\/?$/;
