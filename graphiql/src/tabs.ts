import { consoleAddress } from "./hint.ts";

/** The main job, one tab a step. A tab is titled after its operation, so that carries the number. */
const linkVariables = JSON.stringify(
  { email: "ada@example.com", password: "correct horse battery" },
  null,
  2,
);

const address = consoleAddress("local-userpass");
const inConsole = address === null ? "" : ` In the\n# console, or by command:\n# ${address}`;

export const tabs = [
  {
    query: `# 1. A visitor gets a user id,
# without credentials. Run it:
# the pink button, or Ctrl/Cmd
# + Enter. The token goes with
# what you run next: see the
# Session panel.
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
    query: `# 2. Who am I, and which ways
# in are there? Run it again
# after step 3: the id stays.
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
    query: `# 3. The visitor links an
# email. An operator switches
# that on first: \`local-userpass\`
# is off at the start.${inConsole}
# npx passerby config set local-userpass on
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
    query: `# 4. The session ends at once.
# Who linked no e-mail cannot
# come back.
mutation Step4_LogOut {
  logout {
    sessionsEnded
  }
}
`,
  },
  {
    query: `# 5. Who linked an e-mail in
# step 3 comes back: the same
# user id again.
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
    query: `# 6. On their next device: run
# step 1 again, then step 3.
# It is a conflict, for they
# have an account. This brings
# the guest into it; an empty
# ticket stands for that of
# the last conflict.
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
    query: `# 7. The ways in that the
# operator has switched on, as
# a login page asks for them.
query Step7_SignInMethods {
  authProviders {
    name
    type
    displayName
  }
}
`,
  },
].map((tab) => ({ ...tab, headers: null, variables: tab.variables ?? null }));
