/** To the minute, in UTC: `2026-11-24 15:23`. */
export const formatTime = (time: Date | null): string =>
  time ? time.toISOString().slice(0, 16).replace("T", " ") : "–";
