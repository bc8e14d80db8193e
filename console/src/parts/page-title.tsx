import { Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/** The heading of a page, which is also what the browser's tab reads. Actions stand at its right. */
export function PageTitle({ children, actions }: { children: string; actions?: ReactNode }) {
  useDocumentTitle(`${children} · Passerby`);
  return (
    <Group justify="space-between" mb="lg">
      <Title order={1} size="h2">
        {children}
      </Title>
      {actions}
    </Group>
  );
}
