import { z } from "zod";

const page = z.url({
  protocol: /^https?$/,
  error: "Must be a URL such as https://app.example.com/confirm.",
});

/** The settings of `local-userpass`. */
export const settings = z
  .strictObject({
    confirmation: z.enum(["automatic", "email"]).default("automatic").meta({
      title: "Confirmation",
      description:
        "`automatic`: users can log in as soon as they have registered. `email`: only after they have opened the link in the confirmation email.",
    }),
    confirmUrl: page.optional().meta({
      title: "Confirmation page",
      description:
        "The page of your app that confirmation emails link to. It passes the `token` parameter of its URL to the mutation `confirmEmail`. Required if `confirmation` is `email`.",
    }),
    resetUrl: page.optional().meta({
      title: "Password reset page",
      description:
        "The page of your app that reset emails link to. It passes the `token` parameter of its URL to the mutation `resetPassword`. If empty, the email shows the token instead of a link.",
    }),
    passwordReset: z.enum(["email", "off"]).default("email").meta({
      title: "Password reset",
      description:
        "`email`: users can request an email with a link to choose a new password. `off`: they cannot; `passerby users send-resets` still works.",
    }),
    minPasswordLength: z.number().int().min(6).max(64).default(8).meta({
      title: "Minimum password length",
      description:
        "In characters. Applies to new passwords only. NIST SP 800-63B requires at least 8; App Services had 6. The maximum length of a password is 128.",
    }),
    refuseCommonPasswords: z.boolean().default(true).meta({
      title: "Reject common passwords",
      description:
        "Rejects the 10,000 most common passwords, which attackers try first. App Services accepted them.",
    }),
  })
  .refine(({ confirmation, confirmUrl }) => confirmation === "automatic" || confirmUrl !== undefined, {
    path: ["confirmUrl"],
    error: "Required if confirmation is email.",
  });

export type Settings = z.infer<typeof settings>;
