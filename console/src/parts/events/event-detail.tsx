import { Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "../copy-button.tsx";
import classes from "./event-detail.module.css";
import type { ListedEvent } from "./event-fields.ts";

const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Everything that is known of an event. What clients sent, such as a user agent, is shown as nothing but text. */
export const EventDetail = ({ event }: { event: ListedEvent }) => (
  <dl className={classes.detail}>
    <Entry label="Event">
      <Code>{event.id}</Code> <CopyButton value={event.id} label="Copy the event's id" />
    </Entry>
    <Entry label="Time">{exactly.format(new Date(event.at))}</Entry>
    {event.code && (
      <Entry label="Refused with">
        <Code>{event.code}</Code>
      </Entry>
    )}
    {event.target && (
      <Entry label="Target">
        <Code>{event.target}</Code>
      </Entry>
    )}
    <Entry label="User agent">{event.userAgent ?? "none"}</Entry>
    {event.detail && (
      <Entry label="More">
        <Code block tabIndex={0}>
          {JSON.stringify(event.detail, null, 2)}
        </Code>
      </Entry>
    )}
  </dl>
);

const Entry = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={classes.entry}>
    <Text component="dt" size="sm" c="dimmed">
      {label}
    </Text>
    <Text component="dd" size="sm" m={0}>
      {children}
    </Text>
  </div>
);
