import { useGraphiQL } from "@graphiql/react";
import { useState } from "react";
import { showHint } from "./hint.ts";
import { type PasskeyOptions, runCeremony } from "./passkey.ts";

/** Answers the options of a response by a passkey of this browser. */
export function OfferPasskey({ options }: { options: PasskeyOptions }) {
  const [problem, setProblem] = useState<string | null>(null);
  const answer = async (): Promise<void> => {
    setProblem(null);
    try {
      const response = await runCeremony(options);
      showHint({ kind: "response", response, isNew: options.isNew });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <>
      <p>
        {options.isNew
          ? "An app now calls navigator.credentials.create() with these options."
          : "An app now calls navigator.credentials.get() with these options."}
      </p>
      <div className="passerby-buttons">
        <button type="button" onClick={answer}>
          {options.isNew ? "Create a passkey" : "Use a passkey"}
        </button>
      </div>
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}

/** The browser's response, until an operation sends it. */
export function PasskeyAnswered({ response, isNew }: { response: object; isNew: boolean }) {
  const variables = useGraphiQL((state) => state.variableEditor);
  const copy = (): void => variables?.setValue(withResponse(variables.getValue(), response));
  return (
    <>
      <p>
        {isNew
          ? "The browser created a passkey. Run step 9:"
          : "The browser signed with a passkey. Run step 11, or as a guest step 9:"}{" "}
        an empty <code>response</code> is replaced by that of the browser.
      </p>
      <div className="passerby-buttons">
        <button type="button" onClick={copy}>
          Copy response to variables
        </button>
      </div>
    </>
  );
}

/** Other variables stay, unless the text is not JSON. */
function withResponse(text: string, response: object): string {
  let others = {};
  try {
    others = JSON.parse(text);
  } catch {}
  return JSON.stringify({ ...others, response }, null, 2);
}
