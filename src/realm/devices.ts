/** Device ids: SDKs keep the one of their first login and send it with the next. The gateway remembers none. */
import { randomBytes } from "node:crypto";
import { findFields } from "./body.ts";
import type { RealmRequest } from "./request.ts";

/** An SDK that was given anything else could never log in again. */
const DEVICE_ID = /^[0-9a-f]{24}$/;
/** How SDKs write that they have none. */
const NONE = "0".repeat(24);

/** The device's own id, or the token's; a new one for a device that has none. */
export function deviceIdOf({ body, who }: RealmRequest): string {
  const device = findFields(findFields(body, "options") ?? {}, "device") ?? {};
  const given = typeof device.deviceId === "string" ? device.deviceId.toLowerCase() : "";
  const isKnown = DEVICE_ID.test(given) && given !== NONE;
  return isKnown ? given : (who?.deviceId ?? randomBytes(12).toString("hex"));
}

/** As our token carries it; null when it carries none. */
export const readDeviceId = (claim: unknown): string | null =>
  typeof claim === "string" && DEVICE_ID.test(claim) ? claim : null;
