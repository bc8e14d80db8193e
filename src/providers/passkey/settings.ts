import { z } from "zod";
import { parseUrl } from "../../text/parse-url.ts";

/** Lower case, ASCII (A-labels), at least two labels; no port, no trailing dot. Not an IP address: those end in a digit. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
/** The origin of an Android app: the SHA-256 of its signing certificate. */
const ANDROID_APP = /^android:apk-key-hash:[\w-]{43}$/;

/** The settings of `passkey`. */
export const settings = z
  .strictObject({
    rpId: z
      .string()
      .refine((given) => given === "localhost" || DOMAIN.test(given), {
        message:
          "Write it as example.com: a domain in lower case, without https:// and port, or localhost. Browsers accept no IP addresses.",
      })
      .meta({
        title: "Relying party id",
        description:
          "The domain that passkeys belong to, such as `example.com`; they work on its subdomains too. Passkeys of another domain no longer work: do not change it once users have some.",
      }),
    rpName: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta({ title: "Relying party name", description: "The name of your app, which browsers may show." }),
    origins: z.array(z.string().max(300)).min(1).max(100).meta({
      title: "Origins",
      description:
        "Where your app runs: the relying party id or subdomains, such as `https://app.example.com`; for Android apps `android:apk-key-hash:…`.",
    }),
    userVerification: z.enum(["required", "preferred", "discouraged"]).default("preferred").meta({
      title: "User verification",
      description:
        "Whether authenticators ask for a PIN, a fingerprint or a face. `required`: passkeys without it are rejected. A login without it does not count as a recent login.",
    }),
  })
  .superRefine(({ rpId, origins }, context) => {
    for (const [index, origin] of origins.entries()) {
      const message = problemOf(origin, rpId);
      if (message) context.addIssue({ code: "custom", path: ["origins", index], message });
    }
  });

export type Settings = z.infer<typeof settings>;

/** WebAuthn §5.1.3: a browser rejects an `rpId` that is not the page's domain or a parent of it. */
function problemOf(origin: string, rpId: string): string | null {
  if (ANDROID_APP.test(origin)) return null;
  const url = parseUrl(origin);
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol)) {
    return "Write it as https://app.example.com, with its port if it has one, and without a path or a slash at the end.";
  }
  if (url.hostname !== rpId && !url.hostname.endsWith(`.${rpId}`)) {
    return `${url.hostname} is not ${rpId} or a subdomain of it, so browsers would reject its passkeys. Remove this origin, or set \`rpId\` to a domain that all origins share.`;
  }
  if (url.protocol === "http:" && rpId !== "localhost") {
    return "Use https: browsers allow passkeys over http on localhost only.";
  }
  return null;
}
