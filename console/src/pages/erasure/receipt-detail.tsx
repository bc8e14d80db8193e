import { Code } from "@mantine/core";
import classes from "../../parts/events/event-detail.module.css";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import { UserId } from "../../parts/user-id.tsx";
import type { ShownReceipt } from "../erasure.tsx";

/** All fields of a receipt. Its text comes from the endpoint, and is rendered as plain text. */
export const ReceiptDetail = ({ receipt }: { receipt: ShownReceipt }) => (
  <dl className={classes.detail}>
    <Term className={classes.entry} label="Event id">
      <Code>{receipt.eventId}</Code>
    </Term>
    {receipt.formerUserId && (
      <Term className={classes.entry} label="Merged into">
        <UserId id={receipt.userId} />
      </Term>
    )}
    <Term className={classes.entry} label="Requested">
      <Time at={receipt.requestedAt} />
    </Term>
    <Term className={classes.entry} label="Due">
      <Time at={receipt.dueAt} />
    </Term>
    <Term className={classes.entry} label="Received">
      {receipt.receivedAt ? <Time at={receipt.receivedAt} /> : "not yet"}
    </Term>
    <Term className={classes.entry} label="Text">
      {receipt.receipt ?? (receipt.receivedAt ? "none: the endpoint answered without one" : "none yet")}
    </Term>
  </dl>
);
