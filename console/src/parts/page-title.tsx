import { Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";

/**
 * The heading of a page, which is also the document title, with actions at its right. After navigating by a link the focus
 * moves to it.
 */
export function PageTitle({ children, actions }: { children: string; actions?: ReactNode }) {
  useDocumentTitle(`${children} · Passerby`);
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  // react-router's key of the initial location: a page opened directly keeps the focus at its top.
  const cameByLink = useRef(key !== "default");
  useEffect(() => {
    if (cameByLink.current) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Group justify="space-between" mb="lg">
      <Title
        order={1}
        size="h2"
        ref={heading}
        tabIndex={-1}
        style={{ outline: "none", overflowWrap: "anywhere" }}
      >
        {children}
      </Title>
      {actions}
    </Group>
  );
}
