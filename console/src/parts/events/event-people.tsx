import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { Absent } from "../absent.tsx";
import { UserId } from "../user-id.tsx";
import type { ListedEvent } from "./event-fields.ts";

export function Actor({ actor: { kind, name, userId } }: Pick<ListedEvent, "actor">) {
  if (userId) return <UserId id={userId} />;
  if (kind === "OPERATOR") {
    return (
      <Text span inherit>
        {name}{" "}
        <Text span size="xs" c="dimmed">
          operator
        </Text>
      </Text>
    );
  }
  return (
    <Text span inherit c="dimmed">
      {kind === "SYSTEM" ? "system" : "visitor"}
    </Text>
  );
}

/** The target of an event: a user, or the deployed version. */
export function Target({ event: { action, userId, target } }: { event: ListedEvent }) {
  if (userId) return <UserId id={userId} />;
  if (target && (action === "DEPLOYED" || action === "REDEPLOYED")) {
    return (
      <Anchor component={Link} to={`/authentication/history/${encodeURIComponent(target)}`} size="sm">
        Version {target}
      </Anchor>
    );
  }
  return <Absent />;
}
