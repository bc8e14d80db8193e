import { Box, Card, Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A section of a page with a heading, and actions at its right. */
export const Panel = ({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) => (
  <Card component="section" withBorder aria-label={title} padding="md">
    <Group justify="space-between" mb="sm" wrap="nowrap" align="flex-start">
      <Title order={2} size="h4">
        {title}
      </Title>
      {actions && <Box flex="0 0 auto">{actions}</Box>}
    </Group>
    {children}
  </Card>
);
