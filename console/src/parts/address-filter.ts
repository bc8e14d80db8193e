import { useCallback, useMemo } from "react";
import { useAddressParameters } from "./address-parameters.ts";

type AddressChanges<Name extends string> = Partial<Record<Name | "after", string | null>>;

/** The conditions of a list: in the address, and as the graph takes them. */
export interface AddressFilter<Name extends string, Filter> {
  read(name: Name | "after"): string | null;
  write(changes: AddressChanges<Name>): void;
  readonly filter: Filter;
  readonly after: string | null;
  readonly isFiltered: boolean;
  clear(): void;
}

/**
 * @param names of the conditions
 * @param toFilter leaves out what cannot be meant, such as a date that is none: an address may have been typed
 */
export function useAddressFilter<Name extends string, Filter>(
  names: readonly Name[],
  toFilter: (read: (name: Name) => string | null) => Filter,
): AddressFilter<Name, Filter> {
  const { read, write } = useAddressParameters<Name | "after">();
  const given = names.map((name) => read(name));
  const key = JSON.stringify(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what is given, as one value
  const filter = useMemo(() => toFilter(read), [key]);
  const clear = useCallback(
    () => write(Object.fromEntries(names.map((name) => [name, null])) as AddressChanges<Name>),
    [names, write],
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
