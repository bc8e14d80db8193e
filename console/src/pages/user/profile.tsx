import { Code } from "@mantine/core";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";

/** What providers said of a user. It is somebody else's text, and shown as nothing but text. */
export const Profile = ({ profile }: { profile: Record<string, unknown> | null }) => (
  <Panel title="Profile">
    {profile === null ? (
      <Nothing>No provider has said anything about this user.</Nothing>
    ) : (
      <Code block tabIndex={0}>
        {JSON.stringify(profile, null, 2)}
      </Code>
    )}
  </Panel>
);
