import { consoleAddress } from "./hint.ts";

/** The default tabs: a walkthrough, one step per tab. GraphiQL titles a tab after its operation, so its name has the number. */
const linkVariables = JSON.stringify(
  { email: "ada@example.com", password: "correct horse battery" },
  null,
  2,
);

const responseVariables = JSON.stringify({ response: {} }, null, 2);

const address = consoleAddress("local-userpass");
const inConsole = address === null ? " Run:" : ` In the\n# console:\n# ${address}\n# Or on the command line:`;

export const tabs = [
  {
    query: `# 1. Log in anonymously: a new
# user, without credentials.
# Run with the pink button or
# Ctrl/Cmd + Enter. The token
# is sent with the next steps;
# see the Session panel.
mutation Step1_LogIn {
  loginAnonymous {
    user {
      id
      isAnonymous
      expiresAt
    }
    accessToken
    accessTokenExpiresAt
    refreshToken
  }
}
`,
  },
  {
    query: `# 2. The current user, and the
# enabled providers. Run it
# again after step 3: the user
# id does not change.
query Step2_Me {
  me {
    id
    isAnonymous
    createdAt
    expiresAt
    identities {
      id
      provider
      email
    }
    sessions {
      id
      current
      provider
    }
  }
  authProviders {
    name
  }
}
`,
  },
  {
    query: `# 3. Link an email and password
# to the anonymous user. First
# an operator has to enable
# \`local-userpass\`.${inConsole}
# npx passerby config set local-userpass on
# npx passerby config review
# npx passerby config deploy
mutation Step3_Link(
  $email: String!
  $password: String!
) {
  linkIdentity(
    credentials: {
      emailPassword: {
        email: $email
        password: $password
      }
    }
  ) {
    ... on AuthPayload {
      user {
        id
        isAnonymous
        identities {
          provider
          email
        }
      }
      accessToken
      refreshToken
    }
    ... on IdentityConflict {
      provider
      mergeTicket
      expiresAt
    }
  }
}
`,
    variables: linkVariables,
  },
  {
    query: `# 4. End the session. Without a
# linked email, the user cannot
# log in again.
mutation Step4_LogOut {
  logout {
    sessionsEnded
  }
}
`,
  },
  {
    query: `# 5. Log in with the email from
# step 3: the same user id.
mutation Step5_Back(
  $email: String!
  $password: String!
) {
  login(
    credentials: {
      emailPassword: {
        email: $email
        password: $password
      }
    }
  ) {
    user {
      id
      isAnonymous
    }
    accessToken
    refreshToken
  }
}
`,
    variables: linkVariables,
  },
  {
    query: `# 6. On a second device: run
# steps 1 and 3 again. The email
# belongs to an existing user,
# so step 3 is a conflict with
# a merge ticket. This merges
# the anonymous user into it.
# An empty ticket is replaced
# by that of the last conflict.
mutation Step6_Merge(
  $ticket: String!
) {
  mergeUser(ticket: $ticket) {
    user {
      id
      formerIds
      identities {
        provider
        email
      }
    }
    accessToken
    refreshToken
  }
}
`,
    variables: JSON.stringify({ ticket: "" }, null, 2),
  },
  {
    query: `# 7. The enabled providers, for
# a login page.
query Step7_SignInMethods {
  authProviders {
    name
    type
    displayName
  }
}
`,
  },
  {
    query: `# 8. A passkey for the current
# user: its options. Run step 1
# before, and this within 15
# minutes. \`passkey\` must be
# enabled. Then press the button
# below the response.
mutation Step8_NewPasskey {
  passkeyRegistrationOptions(
    name: "My device"
  ) {
    options
    expiresAt
  }
}
`,
  },
  {
    query: `# 9. Link the passkey: the user
# is permanent, with the same
# id. An empty response is
# replaced by that of the
# browser to step 8 or 10.
mutation Step9_LinkPasskey(
  $response: JSONObject!
) {
  linkIdentity(
    credentials: {
      passkey: { response: $response }
    }
  ) {
    ... on AuthPayload {
      user {
        id
        isAnonymous
        identities {
          provider
          name
          isBackedUp
        }
      }
      accessToken
      refreshToken
    }
    ... on IdentityConflict {
      provider
      mergeTicket
      expiresAt
    }
  }
}
`,
    variables: responseVariables,
  },
  {
    query: `# 10. Log in by a passkey,
# without a name: the options.
# Then press the button below
# the response. As a guest (step
# 1) continue with step 9, which
# is a conflict, and step 6.
mutation Step10_AskPasskey {
  passkeyLoginOptions {
    options
    expiresAt
  }
}
`,
  },
  {
    query: `# 11. Log in with the response
# of the browser to step 10: the
# user of step 9.
mutation Step11_UsePasskey(
  $response: JSONObject!
) {
  login(
    credentials: {
      passkey: { response: $response }
    }
  ) {
    user {
      id
      isAnonymous
    }
    accessToken
    refreshToken
  }
}
`,
    variables: responseVariables,
  },
  {
    query: `# 12. A code by email, instead
# of a password. \`email-otp\`
# must be enabled. Without a
# mail server the gateway shows
# the email in its log.
mutation Step12_AskCode(
  $email: String!
) {
  requestEmailCode(email: $email) {
    email
  }
}
`,
    variables: JSON.stringify({ email: "grace@example.com" }, null, 2),
  },
  {
    query: `# 13. Log in with the code of
# the email. As a guest (step 1)
# send the same credentials to
# linkIdentity, as in step 3.
mutation Step13_UseCode(
  $email: String!
  $code: String!
) {
  login(
    credentials: {
      emailOtp: {
        email: $email
        code: $code
      }
    }
  ) {
    user {
      id
      isAnonymous
    }
    accessToken
    refreshToken
  }
}
`,
    variables: JSON.stringify({ email: "grace@example.com", code: "" }, null, 2),
  },
].map((tab) => ({ ...tab, headers: null, variables: tab.variables ?? null }));
