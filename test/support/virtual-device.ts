import type { CDPSession, Page } from "playwright-core";

/** An authenticator of Chromium, built into a device, which stores passkeys and verifies its user without asking. */
export interface VirtualDevice {
  /** The passkeys on it. */
  list(): Promise<{ credentialId: string; isResidentCredential: boolean; rpId?: string }[]>;
  remove(): Promise<void>;
}

/** Adds one to the page, until it is removed. */
export async function addDevice(page: Page): Promise<VirtualDevice> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    list: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    async remove() {
      await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await devtools.detach();
    },
  };
}
