/** The network between a client and a gateway: counted, and broken as tests ask. */
import { setTimeout as sleep } from "node:timers/promises";

export type Fault =
  /** The gateway does not get it. */
  | "OFFLINE"
  /** The gateway answers, and the answer does not arrive. */
  | "LOST"
  /** Something between answers instead, such as the login page of a hotel. */
  | "CAPTIVE"
  /** Nothing happens. */
  | "SILENT";

export interface Network {
  readonly fetch: typeof fetch;
  /** The operations that the gateway got, by name, since the last reset. */
  readonly sent: string[];
  /** What happens to an operation; undefined: it is answered. */
  fault: (operation: string) => Fault | undefined;
  /** Where requests go, whatever the client's URL: a gateway that was restarted listens elsewhere. */
  url: string;
}

export function createNetwork(url: string): Network {
  const network: Network = {
    sent: [],
    fault: () => undefined,
    url,
    fetch: async (input, given) => {
      const init = input instanceof Request ? await initOf(input) : given;
      const operation = /(?:query|mutation) (\w+)/.exec(String(init?.body))?.[1] ?? "";
      const fault = network.fault(operation);
      if (fault === "OFFLINE") throw new TypeError("fetch failed");
      if (fault === "CAPTIVE") return new Response("<html>Please pay</html>", { status: 401 });
      if (fault === "SILENT") {
        await sleep(60_000, undefined, { signal: init?.signal ?? undefined, ref: false });
        throw new TypeError("fetch failed");
      }
      network.sent.push(operation);
      const response = await fetch(`${network.url}/graphql`, { ...init, signal: null });
      if (fault === "LOST") {
        await response.text();
        throw new TypeError("fetch failed");
      }
      return response;
    },
  };
  return network;
}

const initOf = async (request: Request): Promise<RequestInit> => ({
  method: request.method,
  headers: request.headers,
  body: await request.text(),
});

/** A fault for the first `times` of an operation. */
export function firstTimes(times: number, operation: string, fault: Fault): Network["fault"] {
  let left = times;
  return (sent) => (sent === operation && left-- > 0 ? fault : undefined);
}
