import { z } from "zod";

const page = z.url({
  protocol: /^https?$/,
  error: "needs an address such as https://app.example.com/confirm",
});

/** What an operator may set. */
export const settings = z
  .strictObject({
    confirmation: z.enum(["automatic", "email"]).default("automatic").meta({
      title: "Confirmation",
      description:
        "`automatic`: an email can log in as soon as it is registered. `email`: only after the link in the confirmation email was opened.",
    }),
    confirmUrl: page.optional().meta({
      title: "Confirmation page",
      description:
        "The page of your app that confirmation emails link to. It gives the `token` parameter of its URL to `confirmEmail`. Required when confirmation is `email`.",
    }),
    resetUrl: page.optional().meta({
      title: "Password reset page",
      description:
        "The page of your app that reset emails link to. It gives the `token` parameter of its URL to `resetPassword`. Without it, the email shows the token itself.",
    }),
    passwordReset: z.enum(["email", "off"]).default("email").meta({
      title: "Password reset",
      description:
        "`email`: users can request an email with a link to choose a new password. `off`: they cannot; operators can still send one.",
    }),
    minPasswordLength: z.number().int().min(6).max(64).default(8).meta({
      title: "Minimum password length",
      description:
        "In characters, at most 128. It holds for passwords that are chosen from now on. App Services had 6; NIST SP 800-63B asks for 8 or more.",
    }),
    refuseCommonPasswords: z.boolean().default(true).meta({
      title: "Reject common passwords",
      description:
        "Rejects the 10,000 most common passwords, which are guessed first. App Services accepted them.",
    }),
  })
  .refine(({ confirmation, confirmUrl }) => confirmation === "automatic" || confirmUrl !== undefined, {
    path: ["confirmUrl"],
    error: "is needed when confirmation is email",
  });

export type Settings = z.infer<typeof settings>;
