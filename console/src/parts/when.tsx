import { Text } from "@mantine/core";
import { useNow } from "./now.ts";
import { relativeTime } from "./relative-time.ts";

const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A relative time with the exact time as tooltip; `never` is shown for null. */
export function When({ at, never = "never" }: { at: string | null | undefined; never?: string }) {
  const now = useNow();
  if (at == null) {
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  }
  const time = new Date(at);
  return (
    <time dateTime={time.toISOString()} title={exactly.format(time)}>
      {relativeTime(time.getTime(), now)}
    </time>
  );
}
