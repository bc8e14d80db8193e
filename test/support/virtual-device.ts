import type { CDPSession, Page } from "playwright-core";

/** A passkey with its private key. */
export interface DevicePasskey {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  signCount: number;
}

/** An authenticator of Chromium, built into a device, which stores passkeys and verifies its user without asking. */
export interface VirtualDevice {
  /** The passkeys on it. */
  list(): Promise<DevicePasskey[]>;
  /** As password managers copy passkeys to another device of the same person. */
  add(passkeys: readonly DevicePasskey[]): Promise<void>;
  /** Touches it once, for what the page asks next. Until then the page waits. */
  touch(act: () => Promise<unknown>): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Adds one to the page, until it is removed.
 * @param options.isTouched whether it is touched whenever the page asks; true unless given
 */
export async function addDevice(
  page: Page,
  { isTouched = true }: { isTouched?: boolean } = {},
): Promise<VirtualDevice> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: isTouched,
    },
  });
  /** Of the requests that follow. */
  const simulate = (enabled: boolean): Promise<unknown> =>
    devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  return {
    list: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    async add(passkeys) {
      for (const credential of passkeys)
        await devtools.send("WebAuthn.addCredential", { authenticatorId, credential });
    },
    async touch(act) {
      const touched = new Promise((resolve) => {
        devtools.once("WebAuthn.credentialAdded", resolve);
        devtools.once("WebAuthn.credentialAsserted", resolve);
      });
      await simulate(true);
      await act();
      await touched;
      await simulate(false);
    },
    async remove() {
      await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await devtools.detach();
    },
  };
}
