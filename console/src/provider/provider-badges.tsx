import { Badge, Group } from "@mantine/core";
import { IconCircleCheck, IconCircleOff, IconPencil } from "@tabler/icons-react";

export interface BadgedProvider {
  readonly enabled: boolean;
  readonly draftEnabled?: boolean | null;
  readonly draftEffect?: "ADDED" | "REMOVED" | null;
  readonly settings?: unknown;
  readonly draftSettings?: unknown;
}

/** How the draft changes a provider; null when it does not. */
export function draftLabel({
  enabled,
  draftEnabled,
  draftEffect,
  settings,
  draftSettings,
}: BadgedProvider): string | null {
  if (draftEffect === "ADDED") return draftEnabled ? "Draft: added, enabled" : "Draft: added, disabled";
  if (draftEffect === "REMOVED") return "Draft: removed";
  if (draftEnabled == null) return null;
  if (draftEnabled !== enabled) return draftEnabled ? "Draft: enabled" : "Draft: disabled";
  return JSON.stringify(settings) === JSON.stringify(draftSettings) ? null : "Draft: settings changed";
}

/** Badges for the live and the drafted state. */
export function ProviderBadges({ provider }: { provider: BadgedProvider }) {
  const drafted = draftLabel(provider);
  return (
    <Group gap="xs">
      {provider.draftEffect !== "ADDED" &&
        (provider.enabled ? (
          <Badge
            color="green"
            variant="light"
            tt="none"
            leftSection={<IconCircleCheck size={12} aria-hidden />}
          >
            Enabled
          </Badge>
        ) : (
          <Badge color="gray" variant="light" tt="none" leftSection={<IconCircleOff size={12} aria-hidden />}>
            Disabled
          </Badge>
        ))}
      {drafted && (
        <Badge color="yellow" variant="light" tt="none" leftSection={<IconPencil size={12} aria-hidden />}>
          {drafted}
        </Badge>
      )}
    </Group>
  );
}
