/** The main job, one tab a step. */
const linkVariables = JSON.stringify(
  { email: "ada@example.com", password: "correct horse battery" },
  null,
  2,
);

export const tabs = [
  {
    query: `# 1. A visitor gets an identity,
# without credentials. Run it:
# Ctrl or ⌘ + Enter. Its token
# goes with what you run next:
# see "Session" on the left.
mutation LogInAnonymously {
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
    query: `# 2. Who am I? Run it again after
# step 3: the id stays the same.
query Me {
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
}
`,
  },
  {
    query: `# 3. The visitor says who they
# are: an e-mail is linked. Step 7
# must list local-userpass.
mutation LinkEmail($email: String!, $password: String!) {
  linkIdentity(credentials: { emailPassword: { email: $email, password: $password } }) {
    ... on AuthPayload {
      user { id isAnonymous identities { provider email } }
      accessToken
    }
    ... on IdentityConflict { provider mergeTicket expiresAt }
  }
}
`,
    variables: linkVariables,
  },
  {
    query: `# 4. The session ends at once.
# An anonymous user could not
# come back.
mutation LogOut {
  logout { sessionsEnded }
}
`,
  },
  {
    query: `# 5. Who linked an e-mail comes
# back: the same user id again.
mutation LogBackIn($email: String!, $password: String!) {
  login(credentials: { emailPassword: { email: $email, password: $password } }) {
    user { id isAnonymous }
    accessToken
    refreshToken
  }
}
`,
    variables: linkVariables,
  },
  {
    query: `# 6. On their next device: run
# step 1 again, then 3. It is a
# conflict, for they have an
# account. This brings the guest
# into it; an empty ticket stands
# for that of the last conflict.
mutation Merge($ticket: String!) {
  mergeUser(ticket: $ticket) {
    user { id formerIds identities { provider email } }
    accessToken
    refreshToken
  }
}
`,
    variables: JSON.stringify({ ticket: "" }, null, 2),
  },
  {
    query: `# 7. The ways in that the operator
# has switched on.
query WaysIn {
  authProviders { name type displayName }
}
`,
  },
].map((tab) => ({ ...tab, headers: null, variables: tab.variables ?? null }));
