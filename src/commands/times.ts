/** To the minute, in UTC: `2026-11-24 15:23`. */
export const formatTime = (time: Date | null): string => (time ? formatSecond(time).slice(0, 16) : "–");

/** `2026-11-24 15:23:07` */
export const formatSecond = (time: Date): string => time.toISOString().slice(0, 19).replace("T", " ");
