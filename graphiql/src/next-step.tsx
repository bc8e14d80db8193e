import { useSyncExternalStore } from "react";
import { consoleAddress, readHint, subscribeToHint } from "./hint.ts";
import { neededSettings, settingsHere } from "./passkey.ts";
import { OfferPasskey, PasskeyAnswered } from "./passkey-step.tsx";

/** Shown below a response: what has to happen before the next operation. */
export function NextStep() {
  const hint = useSyncExternalStore(subscribeToHint, readHint);
  return (
    <div className="passerby-next-step" role="status">
      {hint?.kind === "disabled" && <EnableProvider provider={hint.provider} />}
      {hint?.kind === "options" && <OfferPasskey options={hint.options} />}
      {hint?.kind === "response" && <PasskeyAnswered response={hint.response} isNew={hint.isNew} />}
      {hint?.kind === "rejected" && (
        <p>
          Options can be answered once, within five minutes: run the step before again. {neededSettings()}.
        </p>
      )}
    </div>
  );
}

/** How an operator enables a provider. */
function EnableProvider({ provider }: { provider: string | null }) {
  const name = provider ?? "<name>";
  const address = consoleAddress(provider);
  const settings = provider === "passkey" ? settingsHere() : null;
  return (
    <>
      <p>
        {provider ? <code>{provider}</code> : "This provider"} is disabled.{" "}
        {address && (
          <>
            An operator can enable it{" "}
            <a href={address} target="_blank" rel="noreferrer">
              in the console
            </a>
            : <em>Provider Enabled</em>, <em>Save</em>, <em>Review &amp; Deploy Changes</em>, <em>Deploy</em>.
          </>
        )}{" "}
        {address ? "Or on" : "An operator can enable it on"} the command line:
      </p>
      <pre>
        {`npx passerby config set ${name} on`}
        {settings && ` --settings - <<'JSON'\n${settings}\nJSON`}
        {"\nnpx passerby config review\nnpx passerby config deploy"}
      </pre>
      {provider === "passkey" && settings === null && <p>{neededSettings()}.</p>}
      <p>Then run the operation again.</p>
    </>
  );
}
