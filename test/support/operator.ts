/** What another operator does while an operator has the console open. */
import type { Gateway } from "./gateway.ts";

export interface OtherOperator {
  /** Puts a provider into the draft. */
  save(input: { name: string; enabled: boolean; settings?: object; type?: string }): Promise<void>;
  deploy(note?: string): Promise<number>;
  discard(): Promise<void>;
  redeploy(version: number): Promise<void>;
}

/** @param name what the admin key is called that they sign with */
export async function createOperator(
  gateway: Gateway,
  name: string,
): Promise<OtherOperator & { id: string; adminKey: string }> {
  const made = await gateway.admin(
    "mutation ($name: String!) { createAdminKey(name: $name) { secret adminKey { id } } }",
    { variables: { name } },
  );
  const { secret, adminKey } = made.data.createAdminKey;
  const run = async (operation: string, variables: object) => {
    const { data, errors } = await gateway.admin(operation, { token: secret, variables });
    if (errors?.[0]) throw new Error(errors[0].message);
    return data;
  };
  return {
    id: adminKey.id,
    adminKey: secret,
    async save(input) {
      await run("mutation ($input: SaveProviderInput!) { saveProvider(input: $input) { revision } }", {
        input,
      });
    },
    deploy: async (note) =>
      (await run("mutation ($note: String) { deploy(note: $note) { version } }", { note })).deploy.version,
    async discard() {
      await run("mutation { discardDraft }", {});
    },
    async redeploy(version) {
      await run("mutation ($version: Int!) { redeploy(version: $version) { version } }", { version });
    },
  };
}
