import { Code } from "@mantine/core";
import { CopyButton } from "../copy-button.tsx";
import { Term } from "../term.tsx";
import classes from "./event-detail.module.css";
import type { ListedEvent } from "./event-fields.ts";

const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** All fields of an event. Values from clients, such as the user agent, are untrusted and rendered as plain text. */
export const EventDetail = ({ event }: { event: ListedEvent }) => (
  <dl className={classes.detail}>
    <Term className={classes.entry} label="Event id">
      <Code>{event.id}</Code> <CopyButton value={event.id} label="Copy the event id" />
    </Term>
    <Term className={classes.entry} label="Time">
      {exactly.format(new Date(event.at))}
    </Term>
    {event.code && (
      <Term className={classes.entry} label="Error code">
        <Code>{event.code}</Code>
      </Term>
    )}
    {event.target && (
      <Term className={classes.entry} label="Target">
        <Code>{event.target}</Code>
      </Term>
    )}
    <Term className={classes.entry} label="User agent">
      {event.userAgent ?? "none"}
    </Term>
    {event.detail && (
      <Term className={classes.entry} label="Details">
        <Code block tabIndex={0}>
          {JSON.stringify(event.detail, null, 2)}
        </Code>
      </Term>
    )}
  </dl>
);
