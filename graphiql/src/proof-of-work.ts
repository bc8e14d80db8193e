/** Answers a request for a proof of work as an app would: solves the challenge, and repeats the login. */
import { Kind, parse, print, visit } from "graphql";
import { type Challenge, solveChallenge } from "../../packages/client/src/proof-of-work.ts";

interface ResponseError {
  readonly extensions?: { readonly code?: string; readonly challenge?: Challenge };
}

/** The level may rise while a challenge is solved. */
const MAX_PROOFS = 4;

/** @param send gets the document of the editor, and then the same with a proof */
export async function proveWhenAsked<Response extends { readonly errors?: readonly ResponseError[] }>(
  query: string,
  send: (query: string) => Promise<Response>,
): Promise<Response> {
  let response = await send(query);
  for (let proofs = 0; proofs < MAX_PROOFS; proofs++) {
    const challenge = response.errors?.find(({ extensions }) => extensions?.code === "PROOF_OF_WORK_REQUIRED")
      ?.extensions?.challenge;
    if (!challenge || !needsOneProof(query)) break;
    const proof = await solveChallenge(challenge);
    if (proof === null) break;
    response = await send(withProof(query, proof));
  }
  return response;
}

/** A document with more logins needs a proof for each, and one with a proof of its own is sent as it is. */
const needsOneProof = (query: string): boolean =>
  query.match(/\bloginAnonymous\b/g)?.length === 1 && !/\bproofOfWork\b/.test(query);

const withProof = (query: string, proof: string): string =>
  print(
    visit(parse(query), {
      enter: (node) =>
        node.kind === Kind.FIELD && node.name.value === "loginAnonymous"
          ? { ...node, arguments: [...(node.arguments ?? []), proofArgument(proof)] }
          : undefined,
    }),
  );

const proofArgument = (value: string) => ({
  kind: Kind.ARGUMENT as const,
  name: { kind: Kind.NAME as const, value: "proofOfWork" },
  value: { kind: Kind.STRING as const, value },
});
