import { Center, Stack, Text, ThemeIcon } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";

/** The placeholder of an empty list: what belongs here, and how to add it. */
export const EmptyState = ({
  icon: Icon,
  title,
  children,
}: {
  icon: ComponentType<{ size?: number }>;
  title: string;
  children?: ReactNode;
}) => (
  <Center py="xl">
    <Stack align="center" gap="xs" maw={420}>
      <ThemeIcon variant="light" size={56} radius="xl" aria-hidden>
        <Icon size={28} />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" ta="center" component="div">
        {children}
      </Text>
    </Stack>
  </Center>
);
