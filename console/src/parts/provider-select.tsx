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

/** The filter by provider. A provider from the URL is listed even if it no longer exists. */
export function ProviderSelect({
  value,
  onChange,
}: {
  value: string;
  onChange: (event: { currentTarget: { value: string } }) => void;
}) {
  const [{ data }] = useQuery({ query: ProvidersDocument });
  const options = (data?.providers ?? []).map(({ name, displayName }) => ({
    value: name,
    label: displayName === name ? name : `${displayName} (${name})`,
  }));
  const isListed = value === "" || options.some((each) => each.value === value);
  return (
    <NativeSelect
      label="Provider"
      maw={{ xs: 260 }}
      data={[
        { value: "", label: "Any provider" },
        ...options,
        ...(isListed ? [] : [{ value, label: value }]),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
