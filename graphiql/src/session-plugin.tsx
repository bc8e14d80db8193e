import { type GraphiQLPlugin, useGraphiQL } from "@graphiql/react";
import { useSyncExternalStore } from "react";
import { refresh } from "./fetcher.ts";
import { clearSession, parseSession, readClaims, readSession, subscribe } from "./session.ts";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c0-4.4 3.6-7 8-7s8 2.6 8 7" />
    </svg>
  );
}

/** Adds the token to the text of the headers editor. Other headers stay, unless the text is not JSON. */
function withToken(text: string, accessToken: string): string {
  let others: Record<string, string> = {};
  try {
    others = JSON.parse(text);
  } catch {}
  const rest = Object.entries(others ?? {}).filter(([name]) => name.toLowerCase() !== "authorization");
  return JSON.stringify({ ...Object.fromEntries(rest), Authorization: `Bearer ${accessToken}` }, null, 2);
}

function SessionPanel() {
  const session = parseSession(useSyncExternalStore(subscribe, readSession));
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const claims = session && readClaims(session.accessToken);
  if (!session || !claims) {
    return (
      <div className="passerby-session">
        <h2>Session</h2>
        <p>Not signed in. Run step 1: its token is sent with the next operations.</p>
      </div>
    );
  }
  const { accessToken, refreshToken, problem } = session;
  return (
    <div className="passerby-session">
      <h2>Session</h2>
      <dl>
        <dt>User</dt>
        <dd data-testid="user">{claims.sub}</dd>
        <dt>User type</dt>
        <dd data-testid="kind">{claims.is_anonymous ? "anonymous" : "permanent"}</dd>
        <dt>Access token expires</dt>
        <dd data-testid="expiry">{new Date(claims.exp * 1000).toLocaleString()}</dd>
      </dl>
      {problem ? (
        <p role="alert">{problem}</p>
      ) : (
        <p>
          The token is sent with every operation except logins, unless the tab sets an Authorization header.
        </p>
      )}
      <div className="passerby-buttons">
        <button
          type="button"
          onClick={() => headerEditor?.setValue(withToken(headerEditor.getValue(), accessToken))}
        >
          Copy token to headers
        </button>
        {refreshToken && (
          <button type="button" onClick={() => refresh(accessToken, refreshToken)}>
            Refresh
          </button>
        )}
        <button type="button" onClick={clearSession}>
          Clear
        </button>
      </div>
    </div>
  );
}

export const sessionPlugin: GraphiQLPlugin = { title: "Session", icon: Icon, content: SessionPanel };
