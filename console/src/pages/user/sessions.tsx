import { Button, Text, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useClient, useMutation } from "urql";
import { graphql } from "../../graphql/index.ts";
import { Confirmation } from "../../parts/confirmation.tsx";
import { failureText } from "../../parts/failure.tsx";
import { focusHeading } from "../../parts/focus-heading.ts";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";
import { type RecordColumn, Records } from "../../parts/records.tsx";
import { When } from "../../parts/when.tsx";
import { OlderSessionsDocument, SESSIONS_PAGE, type ShownSession, type ShownUser } from "./user-document.ts";

const EndDocument = graphql(`
  mutation EndSession($sessionId: ID!) {
    endSession(sessionId: $sessionId)
  }
`);
const EndAllDocument = graphql(`
  mutation EndAllSessions($userId: ID!) {
    revokeSessions(userId: $userId)
  }
`);

const facts: readonly RecordColumn<ShownSession>[] = [
  { label: "Device", cell: ({ userAgent }) => <Device userAgent={userAgent ?? null} /> },
  { label: "IP address", cell: ({ ipAddress }) => ipAddress ?? "unknown" },
  {
    label: "Provider",
    cell: ({ provider, keyThumbprint }) => (keyThumbprint ? `${provider}, bound to a key` : provider),
  },
  { label: "Started", isShort: true, cell: ({ createdAt }) => <When at={createdAt} /> },
  { label: "Last seen", isShort: true, cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
  { label: "Expires", isShort: true, cell: ({ expiresAt }) => <When at={expiresAt} /> },
];

/** A user's active sessions. The tokens of an ended session are rejected at once on every gateway. */
export function Sessions({ user, reload }: { user: ShownUser; reload: () => void }) {
  const [, endOne] = useMutation(EndDocument);
  const [, endAll] = useMutation(EndAllDocument);
  const [ending, setEnding] = useState<ShownSession | "all" | null>(null);
  const [status, setStatus] = useState("");
  const [isOpen, setOpen] = useState(false);
  const older = useOlderSessions(user);
  const sessions = [...user.sessions, ...older.sessions];
  const ask = (what: ShownSession | "all"): void => {
    setEnding(what);
    setOpen(true);
  };
  const columns: readonly RecordColumn<ShownSession>[] = [
    ...facts,
    {
      label: "Actions",
      cell: (session) => (
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => ask(session)}
          aria-label={`End the session on ${session.userAgent ?? "an unknown device"}`}
        >
          End
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Sessions"
      actions={
        user.sessions.length > 0 && (
          <Button variant="default" size="xs" onClick={() => ask("all")}>
            End all sessions
          </Button>
        )
      }
    >
      <VisuallyHidden role="status">{status}</VisuallyHidden>
      {user.sessions.length === 0 ? (
        <Nothing>No active sessions.</Nothing>
      ) : (
        <Records label="Sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} />
      )}
      {older.hasMore && (
        <Button variant="default" size="xs" mt="sm" loading={older.isLoading} onClick={older.load}>
          Show older sessions
        </Button>
      )}
      {older.error && (
        <Text role="alert" size="sm" mt="xs">
          The older sessions could not be loaded: {older.error}
        </Text>
      )}
      <Confirmation
        isOpen={isOpen}
        close={() => setOpen(false)}
        title={ending === "all" ? "End all sessions?" : "End this session?"}
        action={ending === "all" ? "End all sessions" : "End session"}
        act={() => {
          if (ending === "all" || ending === null) return endAll({ userId: user.id });
          return endOne({ sessionId: ending.id });
        }}
        onDone={() => {
          setStatus(ending === "all" ? "All sessions ended." : "The session ended.");
          older.reset();
          reload();
          focusHeading();
        }}
      >
        {ending === "all"
          ? "This user is signed out on every device, at once."
          : "The device is signed out at once."}
        {user.isAnonymous && (
          <Text size="sm" mt="xs">
            This user is anonymous: without a session, it cannot be recovered.
          </Text>
        )}
      </Confirmation>
    </Panel>
  );
}

/** Loads further pages of sessions; the first one comes with the user. */
function useOlderSessions({ id, sessions: newest }: ShownUser) {
  const client = useClient();
  const [pages, setPages] = useState<readonly (readonly ShownSession[])[]>([]);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const last = pages.at(-1) ?? newest;
  const after = last.at(-1)?.id;
  return {
    sessions: pages.flat(),
    hasMore: last.length === SESSIONS_PAGE,
    isLoading,
    error,
    reset: () => setPages([]),
    async load() {
      if (after === undefined) return;
      setLoading(true);
      const result = await client.query(
        OlderSessionsDocument,
        { id, after },
        { requestPolicy: "network-only" },
      );
      setLoading(false);
      setError(result.error ? failureText(result.error) : null);
      const page = result.data?.user?.sessions;
      if (page) setPages([...pages, page]);
    },
  };
}

const Device = ({ userAgent }: { userAgent: string | null }) =>
  userAgent === null ? (
    <Text span inherit c="dimmed">
      unknown
    </Text>
  ) : (
    <Text span inherit lineClamp={2} title={userAgent} maw={320}>
      {userAgent}
    </Text>
  );
