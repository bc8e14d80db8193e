import { Anchor, Badge, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { plural } from "../../parts/plural.ts";
import { Time } from "../../parts/time.tsx";
import { When } from "../../parts/when.tsx";
import type { ShownEndpoint } from "./endpoint-fields.ts";

/** How an endpoint is, in a word. */
export function HealthBadge({ endpoint }: { endpoint: ShownEndpoint }) {
  const { disabledAt, failingSince, lastDeliveredAt } = endpoint;
  const [color, Icon, label] = disabledAt
    ? (["gray", IconCircleOff, "Disabled"] as const)
    : failingSince
      ? (["red", IconAlertTriangle, "Failing"] as const)
      : lastDeliveredAt
        ? (["green", IconCircleCheck, "OK"] as const)
        : (["gray", IconCircleDashed, "Not used yet"] as const);
  return (
    <Badge color={color} variant="light" tt="none" leftSection={<Icon size={12} aria-hidden />} flex="none">
      {label}
    </Badge>
  );
}

/** Since when and why nothing is delivered; null while deliveries succeed. */
export function Trouble({ endpoint }: { endpoint: ShownEndpoint }) {
  const { disabledAt, failingSince, lastError } = endpoint;
  if (!disabledAt && !failingSince) return null;
  return (
    <Text size="sm" component="div" mt={4} style={{ overflowWrap: "anywhere" }}>
      {disabledAt && (
        <div>
          Disabled <When at={disabledAt} />. Events wait, and are parked after three days.
        </div>
      )}
      {failingSince && (
        <Text size="sm" component="div" c={disabledAt ? undefined : "var(--mantine-color-error)"}>
          Failing since <Time at={failingSince} />: {lastError}
        </Text>
      )}
    </Text>
  );
}

/** How many deliveries wait or were given up, each linked to the list of them. */
export function Backlog({ endpoint }: { endpoint: ShownEndpoint }) {
  const { id, pendingDeliveries, parkedDeliveries } = endpoint;
  const counts = [
    { state: "pending", count: pendingDeliveries },
    { state: "parked", count: parkedDeliveries },
  ];
  const shown = counts.filter(({ count }) => count > 0);
  if (shown.length === 0) return "nothing waits";
  return shown.map(({ state, count }, index) => (
    <span key={state}>
      {index > 0 && ", "}
      <Anchor
        component={Link}
        to={`/webhooks/${encodeURIComponent(id)}?state=${state}`}
        inherit
        aria-label={`${plural(count, "delivery", "deliveries")} ${state}`}
      >
        {count.toLocaleString()} {state}
      </Anchor>
    </span>
  ));
}
