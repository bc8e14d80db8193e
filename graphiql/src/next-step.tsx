import { useSyncExternalStore } from "react";
import { consoleAddress, readHint, subscribeToHint } from "./hint.ts";

/** Shown below a response that failed because a provider is disabled: how an operator enables it. */
export function NextStep() {
  const hint = useSyncExternalStore(subscribeToHint, readHint);
  const name = hint?.provider ?? "<name>";
  const address = hint && consoleAddress(hint.provider);
  return (
    <div className="passerby-next-step" role="status">
      {hint && (
        <>
          <p>
            {hint.provider ? <code>{hint.provider}</code> : "This provider"} is disabled.{" "}
            {address && (
              <>
                An operator can enable it{" "}
                <a href={address} target="_blank" rel="noreferrer">
                  in the console
                </a>
                : <em>Provider Enabled</em>, <em>Save</em>, <em>Review &amp; Deploy Changes</em>,{" "}
                <em>Deploy</em>.
              </>
            )}{" "}
            {address ? "Or on" : "An operator can enable it on"} the command line:
          </p>
          <pre>{`npx passerby config set ${name} on\nnpx passerby config review\nnpx passerby config deploy`}</pre>
          <p>Then run the operation again.</p>
        </>
      )}
    </div>
  );
}
