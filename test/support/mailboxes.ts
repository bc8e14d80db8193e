/** Steps of people who read their emails: each sends something to an address, and reads what arrives there. */
import { loginByCode, type MailedCode, mailCode } from "./email-codes.ts";
import { type Answer, type Gateway, type Login, login, me } from "./gateway.ts";
import { type MailServer, tokenOf } from "./mail-server.ts";

export const passwords = { own: "the owner's own", strange: "the stranger's", new: "chosen afterwards" };

export function openMailboxes(gateway: () => Gateway, mailServer: () => MailServer) {
  const mail = (email: string): Promise<MailedCode> => mailCode(gateway(), mailServer(), email);
  return {
    mail,
    /** What a step sends to an address: the token of its link. */
    async mailed(email: string, step: () => Promise<Answer>): Promise<string> {
      const before = mailServer().to(email).length;
      const { errors } = await step();
      if (errors) throw new Error(JSON.stringify(errors));
      return tokenOf(await mailServer().wait(email, before + 1));
    },
    /** Logs in with a code. */
    async prove(email: string): Promise<Login> {
      const { code } = await mail(email);
      const { data, errors } = await loginByCode(gateway(), { email, code });
      if (errors) throw new Error(JSON.stringify(errors));
      return { ...data.login, id: data.login.user.id };
    },
    /** undefined when the password is wrong. */
    async userOf(email: string, password: string): Promise<string | undefined> {
      return (await login(gateway(), email, password)).data?.login?.user.id;
    },
    async providersOf({ accessToken }: Pick<Login, "accessToken">): Promise<string[]> {
      const { data } = await me(gateway(), accessToken);
      return data.me.identities.map((each: { provider: string }) => each.provider);
    },
  };
}
