import { Code } from "@mantine/core";
import { Nothing } from "../../parts/nothing.tsx";
import { Panel } from "../../parts/panel.tsx";

/** The profile data from providers. It is untrusted, and rendered as plain text. */
export const Profile = ({ profile }: { profile: Record<string, unknown> | null }) => (
  <Panel title="Profile">
    {profile === null ? (
      <Nothing>No profile data.</Nothing>
    ) : (
      <Code block tabIndex={0}>
        {JSON.stringify(profile, null, 2)}
      </Code>
    )}
  </Panel>
);
