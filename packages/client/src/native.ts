/** `@passerby/client/native`: for React Native and other programs that have their session to themselves. */
import type { Passerby, PasserbyOptions } from "./contract.ts";
import { createQueue } from "./lock.ts";
import { createPasserby as createForBrowsers } from "./passerby.ts";
import type { SessionStorage } from "./storage.ts";

export { createQueue } from "./lock.ts";

/** Options of `createPasserby` without a browser. */
export interface NativeOptions extends PasserbyOptions {
  /** Such as a wrapper of Expo's SecureStore, or AsyncStorage. What cannot be read for a while is not overwritten. */
  readonly storage: SessionStorage;
}

/** The client of one gateway. Changes are made one at a time in this program, unless `lock` is given. */
export const createPasserby = (options: NativeOptions): Passerby =>
  createForBrowsers({ ...options, lock: options.lock ?? createQueue() });
