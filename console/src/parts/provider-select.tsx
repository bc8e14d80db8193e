import { NativeSelect } from "@mantine/core";
import { useQuery } from "urql";
import { graphql } from "../graphql/index.ts";

const ProvidersDocument = graphql(`
  query ProviderNames {
    providers {
      name
      displayName
    }
  }
`);

/** A condition on the provider. One that is in the address stays in the list, even if it is no more. */
export function ProviderSelect({
  value,
  onChange,
}: {
  value: string;
  onChange: (event: { currentTarget: { value: string } }) => void;
}) {
  const [{ data }] = useQuery({ query: ProvidersDocument });
  const known = (data?.providers ?? []).map(({ name, displayName }) => ({
    value: name,
    label: displayName === name ? name : `${displayName} (${name})`,
  }));
  const isKnown = value === "" || known.some((each) => each.value === value);
  return (
    <NativeSelect
      label="Provider"
      maw={{ xs: 260 }}
      data={[{ value: "", label: "Any provider" }, ...known, ...(isKnown ? [] : [{ value, label: value }])]}
      value={value}
      onChange={onChange}
    />
  );
}
