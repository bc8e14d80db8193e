/** The author of a server learns why tokens are rejected; clients do not. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { passerbyContext } from "../../src/subgraph/index.ts";
import { startTestIssuer, type TestIssuer } from "../../src/testing/index.ts";

describe("the reason of a rejected token", () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await startTestIssuer();
  });
  afterAll(() => issuer.stop());

  /** What is logged and what the client reads, for tokens one after the other. */
  async function reject(
    tokens: readonly string[],
    options: Partial<Parameters<typeof passerbyContext>[0]> = {},
  ): Promise<{ lines: string[]; answers: string[] }> {
    const lines: string[] = [];
    const context = passerbyContext({
      issuer: issuer.issuer,
      log: (line) => lines.push(line),
      ...options,
    });
    const answers: string[] = [];
    for (const token of tokens) {
      const error = await context({ headers: { authorization: `Bearer ${token}` } }).catch((error) => error);
      answers.push(error.message);
    }
    return { lines, answers };
  }

  it("names both issuers where they differ, and only in the log", async () => {
    const token = issuer.issueToken();
    const { lines, answers } = await reject([token], {
      issuer: "https://id.example.com",
      gatewayUrl: issuer.issuer,
    });
    expect(lines).toEqual([
      `passerbyContext: This is not a valid access token. unexpected "iss" claim value: the token has "${issuer.issuer}", the option issuer is "https://id.example.com". Set it to the gateway's PUBLIC_URL.`,
    ]);
    expect(answers).toEqual(["The access token is not valid. Log in, or refresh the session."]);
  });

  it("names both audiences where they differ", async () => {
    const { lines } = await reject([issuer.issueToken()], { audience: "https://api.example.com" });
    expect(lines[0]).toContain('the option audience is "https://api.example.com"');
  });

  it("is logged once a minute, however many tokens there are", async () => {
    let now = new Date();
    const options = { clock: () => now };
    const lines: string[] = [];
    const context = passerbyContext({ issuer: issuer.issuer, log: (line) => lines.push(line), ...options });
    const send = (): Promise<unknown> =>
      context({ headers: { authorization: "Bearer not.a.token" } }).catch(() => {});
    for (let count = 0; count < 20; count++) await send();
    expect(lines).toHaveLength(1);
    now = new Date(+now + 61_000);
    await send();
    expect(lines).toHaveLength(2);
  });

  it("is not logged for a token that expired, nor where the log is off", async () => {
    const token = issuer.issueToken();
    const later = { clock: () => new Date(Date.now() + 86_400_000) };
    expect((await reject([token], later)).lines).toEqual([]);
    expect((await reject(["not.a.token"], { log: null })).lines).toEqual([]);
  });

  it("is cut where the token's author wrote a long one", async () => {
    const long = `https://${"x".repeat(2_000)}.example`;
    const token = issuer.issueToken({ iss: long });
    const { lines } = await reject([token]);
    expect(lines[0]?.length).toBeLessThan(600);
  });
});
