import { useCallback, useMemo } from "react";
import { useAddressParameters } from "./address-parameters.ts";

type AddressChanges<Name extends string> = Partial<Record<Name | "after", string | null>>;

/** The filters of a list: in the URL, and as the input of the query. */
export interface AddressFilter<Name extends string, Filter> {
  read(name: Name | "after"): string | null;
  write(changes: AddressChanges<Name>): void;
  /** Props of a select. */
  choice(name: Name): { value: string; onChange(event: { currentTarget: { value: string } }): void };
  /** Props of a `SettledInput`. */
  settled(name: Name): { value: string; onSettle(value: string): void };
  readonly filter: Filter;
  readonly after: string | null;
  readonly isFiltered: boolean;
  clear(): void;
}

/**
 * @param names of the URL parameters
 * @param toFilter ignores invalid values, such as a malformed date: a URL may be typed by hand
 */
export function useAddressFilter<Name extends string, Filter>(
  names: readonly Name[],
  toFilter: (read: (name: Name) => string | null) => Filter,
): AddressFilter<Name, Filter> {
  const { read, write } = useAddressParameters<Name | "after">();
  const values = names.map((name) => read(name));
  const key = JSON.stringify(values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is all values as one string
  const filter = useMemo(() => toFilter(read), [key]);
  const clear = useCallback(
    () => write(Object.fromEntries(names.map((name) => [name, null])) as AddressChanges<Name>),
    [names, write],
  );
  const set = (name: Name, value: string): void => write({ [name]: value } as AddressChanges<Name>);
  return {
    read,
    write,
    choice: (name) => ({
      value: read(name) ?? "",
      onChange: ({ currentTarget }) => set(name, currentTarget.value),
    }),
    settled: (name) => ({ value: read(name) ?? "", onSettle: (value) => set(name, value) }),
    filter,
    after: read("after"),
    isFiltered: values.some((value) => value !== null),
    clear,
  };
}
