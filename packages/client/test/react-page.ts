/** A page for tests: rendered on a server, hydrated in a browser, in Strict Mode, with a part that suspends. */
import { createElement as h, StrictMode, Suspense, use, useSyncExternalStore } from "react";
import { hydrateRoot } from "react-dom/client";
import { createPasserby, type Passerby, type Session } from "../src/index.ts";
import { PasserbyProvider, useLink, usePasserby, useSession } from "../src/react.ts";

const asked = new WeakMap<Passerby, Promise<string>>();

/** Suspends until the gateway has answered. */
function Slow() {
  const passerby = usePasserby();
  const { session } = useSession();
  const answer =
    asked.get(passerby) ??
    passerby.request<{ __typename: string }>("{ __typename }").then((data) => data.__typename);
  asked.set(passerby, answer);
  return h("i", { id: "slow" }, use(answer), " for ", session?.userId);
}

/** Only in a browser, after hydration. */
function Later() {
  const isHydrated = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  return isHydrated ? h(Slow) : null;
}

function Account() {
  const { session, isStarting } = useSession();
  const { link, conflict, error, isPending } = useLink();
  const submit = (form: FormData): void =>
    void link({ emailPassword: { email: String(form.get("email")), password: "correct horse battery" } });
  return h(
    "main",
    null,
    h("code", null, session ? `${session.userId} ${session.isAnonymous}` : isStarting ? "starting" : "none"),
    h(
      "form",
      { action: submit },
      h("input", { name: "email" }),
      h("button", { type: "submit", disabled: isPending }, "Link"),
    ),
    error && h("p", { role: "alert" }, error.code),
    conflict && h("button", { type: "button", onClick: conflict.merge }, "Merge"),
    conflict && h("button", { type: "button", onClick: conflict.switch }, "Switch"),
    conflict && h("button", { type: "button", onClick: conflict.cancel }, "Cancel"),
  );
}

export const page = (client: Passerby, initialSession: Session | null) =>
  h(
    StrictMode,
    null,
    h(
      PasserbyProvider,
      { client, initialSession },
      h(Account),
      h(Suspense, { fallback: "Waiting" }, h(Later)),
    ),
  );

/** In a browser. Errors of hydration are what tests look for. */
export function hydrate(initialSession: Session | null): Passerby {
  const client = createPasserby({ url: "/graphql" });
  const errors: string[] = [];
  Object.assign(globalThis, { passerby: client, hydrationErrors: errors });
  hydrateRoot(document.getElementById("root") as HTMLElement, page(client, initialSession), {
    onRecoverableError: (error) => errors.push(String(error)),
  });
  return client;
}
