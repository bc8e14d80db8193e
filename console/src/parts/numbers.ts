const plain = new Intl.NumberFormat();
const parts = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** Formats a number in the browser's locale. */
export const formatNumber = (value: number): string => plain.format(value);

/** Formats a ratio in percent; 0 % when the whole is 0. */
export const formatPart = (part: number, whole: number): string =>
  parts.format(whole === 0 ? 0 : part / whole);
