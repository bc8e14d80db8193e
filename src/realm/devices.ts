/** Device ids: SDKs store the id of their first login and send it with later ones. The gateway does not store it. */
import { randomBytes } from "node:crypto";
import { findFields } from "./body.ts";
import type { RealmRequest } from "./request.ts";

/** An SDK that stores an id of another form could not log in again. */
const DEVICE_ID = /^[0-9a-f]{24}$/;
/** What SDKs send if they have none. */
const NONE = "0".repeat(24);

/** The id that the device sent, or that of its token; otherwise a new one. */
export function deviceIdOf({ body, who }: RealmRequest): string {
  const device = findFields(findFields(body, "options") ?? {}, "device") ?? {};
  const given = typeof device.deviceId === "string" ? device.deviceId.toLowerCase() : "";
  const isKnown = DEVICE_ID.test(given) && given !== NONE;
  return isKnown ? given : (who?.deviceId ?? randomBytes(12).toString("hex"));
}

/** The device id in a token of the gateway; null if there is none. */
export const readDeviceId = (claim: unknown): string | null =>
  typeof claim === "string" && DEVICE_ID.test(claim) ? claim : null;
