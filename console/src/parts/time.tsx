const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A time as people of this place write it, and exactly for machines. */
export const Time = ({ at }: { at: string }) => (
  <time dateTime={at} title={at}>
    {format.format(new Date(at))}
  </time>
);
