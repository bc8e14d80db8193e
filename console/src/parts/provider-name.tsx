import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

/** A provider by its wire name, which leads to it. */
export const ProviderName = ({ name }: { name: string }) => (
  <Anchor component={Link} to={`/authentication/providers/${encodeURIComponent(name)}`} size="sm">
    <Text span inherit>
      {name}
    </Text>
  </Anchor>
);
