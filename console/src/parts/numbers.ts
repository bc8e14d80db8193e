const plain = new Intl.NumberFormat();
const parts = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** A number as people where the browser is write it. */
export const formatNumber = (value: number): string => plain.format(value);

/** A part of a whole in percent; 0 of nothing. */
export const formatPart = (part: number, whole: number): string =>
  parts.format(whole === 0 ? 0 : part / whole);
