import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import { CopyButton } from "./copy-button.tsx";

const shorten = (id: string): string => (id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id);

/**
 * A user's id, linked to the user, with a copy button. It is shortened to its first and last characters, because UUIDv7 ids
 * created at the same time share a prefix.
 */
export const UserId = ({ id }: { id: string }) => (
  <Group gap={4} wrap="nowrap">
    <Anchor
      component={Link}
      to={`/users/${encodeURIComponent(id)}`}
      title={id}
      size="sm"
      style={{ whiteSpace: "nowrap" }}
    >
      <Text span inherit ff="monospace">
        {shorten(id)}
      </Text>
    </Anchor>
    <CopyButton value={id} label={`Copy id ${shorten(id)}`} />
  </Group>
);
