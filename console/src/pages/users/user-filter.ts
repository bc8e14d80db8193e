import { useCallback, useMemo } from "react";
import type { UserFilter } from "../../graphql/graphql.ts";
import { useAddressParameters } from "../../parts/address-parameters.ts";
import { dayStart } from "../../parts/utc-day.ts";

const DAY_MS = 86_400_000;

export type UserParameter =
  | "email"
  | "provider"
  | "state"
  | "disabled"
  | "createdFrom"
  | "createdUntil"
  | "olderThanDays"
  | "leftWithoutWayInBy"
  | "after";

const names: readonly UserParameter[] = [
  "email",
  "provider",
  "state",
  "disabled",
  "createdFrom",
  "createdUntil",
  "olderThanDays",
  "leftWithoutWayInBy",
];

/** The conditions in the address, and as the graph takes them. */
export function useUserFilter(): {
  read: (name: UserParameter) => string | null;
  write: (changes: Partial<Record<UserParameter, string | null>>) => void;
  filter: UserFilter;
  after: string | null;
  isFiltered: boolean;
  clear: () => void;
} {
  const { read, write } = useAddressParameters<UserParameter>();
  const given = names.map((name) => read(name));
  const key = JSON.stringify(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what is given, as one value
  const filter = useMemo(() => toFilter(read, Date.now()), [key]);
  const clear = useCallback(
    () => write(Object.fromEntries(names.map((name) => [name, null])) as Record<UserParameter, null>),
    [write],
  );
  return {
    read,
    write,
    filter,
    after: read("after"),
    isFiltered: given.some((value) => value !== null),
    clear,
  };
}

/** Leaves out what cannot be meant, such as a date that is none: an address may have been typed. */
function toFilter(read: (name: UserParameter) => string | null, now: number): UserFilter {
  const state = read("state");
  const disabled = read("disabled");
  const days = Number(read("olderThanDays") ?? Number.NaN);
  const from = dayStart(read("createdFrom"));
  const until = dayStart(read("createdUntil"), 1);
  const ends = [
    ...(until === null ? [] : [until]),
    ...(days >= 0 && days < 36_500 ? [now - days * DAY_MS] : []),
  ];
  return {
    email: read("email"),
    provider: read("provider"),
    leftWithoutWayInByDraft: read("leftWithoutWayInBy"),
    isAnonymous: state === "anonymous" ? true : state === "known" ? false : null,
    disabled: disabled === "yes" ? true : disabled === "no" ? false : null,
    createdFrom: from === null ? null : new Date(from).toISOString(),
    createdBefore: ends.length > 0 ? new Date(Math.min(...ends)).toISOString() : null,
  };
}
