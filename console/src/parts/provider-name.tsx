import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

/** A provider's name, linked to its page. */
export const ProviderName = ({ name }: { name: string }) => (
  <Anchor component={Link} to={`/authentication/providers/${encodeURIComponent(name)}`} size="sm">
    <Text span inherit>
      {name}
    </Text>
  </Anchor>
);
