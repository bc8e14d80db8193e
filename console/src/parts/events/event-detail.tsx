import { Code } from "@mantine/core";
import { CopyButton } from "../copy-button.tsx";
import { Term } from "../term.tsx";
import classes from "./event-detail.module.css";
import type { ListedEvent } from "./event-fields.ts";

const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Everything that is known of an event. What clients sent, such as a user agent, is shown as nothing but text. */
export const EventDetail = ({ event }: { event: ListedEvent }) => (
  <dl className={classes.detail}>
    <Term className={classes.entry} label="Event">
      <Code>{event.id}</Code> <CopyButton value={event.id} label="Copy the event's id" />
    </Term>
    <Term className={classes.entry} label="Time">
      {exactly.format(new Date(event.at))}
    </Term>
    {event.code && (
      <Term className={classes.entry} label="Refused with">
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
      <Term className={classes.entry} label="More">
        <Code block tabIndex={0}>
          {JSON.stringify(event.detail, null, 2)}
        </Code>
      </Term>
    )}
  </dl>
);
