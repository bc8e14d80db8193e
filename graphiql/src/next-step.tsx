import { useSyncExternalStore } from "react";
import { consoleAddress, readHint, subscribeToHint } from "./hint.ts";

/** Below an answer that failed for want of an operator: what the operator does, and where. */
export function NextStep() {
  const hint = useSyncExternalStore(subscribeToHint, readHint);
  const name = hint?.provider ?? "<name>";
  const address = hint && consoleAddress(hint.provider);
  return (
    <div className="passerby-next-step" role="status">
      {hint && (
        <>
          <p>
            {hint.provider ? <code>{hint.provider}</code> : "This provider"} is switched off.{" "}
            {address && (
              <>
                An operator switches it on{" "}
                <a href={address} target="_blank" rel="noreferrer">
                  in the console
                </a>
                : <em>Provider Enabled</em>, <em>Save</em>, <em>Review &amp; Deploy Changes</em>,{" "}
                <em>Deploy</em>.
              </>
            )}{" "}
            {address ? "Or on" : "An operator switches it on, on"} the command line:
          </p>
          <pre>{`npx passerby config set ${name} on\nnpx passerby config deploy`}</pre>
          <p>Then run this again.</p>
        </>
      )}
    </div>
  );
}
