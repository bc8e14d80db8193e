import type { UserFilter } from "../../graphql/graphql.ts";
import { useAddressFilter } from "../../parts/address-filter.ts";
import { dayStart } from "../../parts/utc-day.ts";

const DAY_MS = 86_400_000;

const names = [
  "email",
  "provider",
  "state",
  "disabled",
  "createdFrom",
  "createdUntil",
  "olderThanDays",
  "losingAccessBy",
] as const;
type FilterParameter = (typeof names)[number];

export const useUserFilter = () => useAddressFilter(names, toFilter);

function toFilter(read: (name: FilterParameter) => string | null): UserFilter {
  const state = read("state");
  const disabled = read("disabled");
  const days = Number(read("olderThanDays") ?? Number.NaN);
  const from = dayStart(read("createdFrom"));
  const until = dayStart(read("createdUntil"), 1);
  const ends = [
    ...(until === null ? [] : [until]),
    ...(days >= 0 && days < 36_500 ? [Date.now() - days * DAY_MS] : []),
  ];
  return {
    email: read("email"),
    provider: read("provider"),
    losingAccessByDraft: read("losingAccessBy"),
    isAnonymous: state === "anonymous" ? true : state === "permanent" ? false : null,
    disabled: disabled === "yes" ? true : disabled === "no" ? false : null,
    createdFrom: from === null ? null : new Date(from).toISOString(),
    createdBefore: ends.length > 0 ? new Date(Math.min(...ends)).toISOString() : null,
  };
}
