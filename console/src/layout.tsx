import { AppShell, Burger, Button, Group, NavLink, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout } from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "react-router";
import { pages } from "./pages/index.ts";
import { useSession } from "./session.tsx";

/** The frame around every page: the sidebar, and what is said on every page. */
export function Layout() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { session, signOut } = useSession();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="lg"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={isOpen}
            />
            <Text fw={700}>Passerby</Text>
          </Group>
          <Group wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {session.name}
            </Text>
            <Button variant="default" size="xs" leftSection={<IconLogout size={14} />} onClick={signOut}>
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md">
        <AppShell.Section grow component={ScrollArea}>
          <Sidebar onNavigate={close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Sidebar({ onNavigate }: { onNavigate: () => void }) {
  const { pathname } = useLocation();
  let section: string | undefined;
  return (
    <Stack gap={4} component="nav" aria-label="Pages">
      {pages.map(({ path, sidebar }) => {
        if (!sidebar) return null;
        const startsSection = sidebar.section !== undefined && sidebar.section !== section;
        section = sidebar.section;
        const isCurrent = pathname === path || pathname.startsWith(`${path}/`);
        return (
          <div key={path}>
            {startsSection && (
              <Text size="xs" fw={600} c="dimmed" tt="uppercase" mt="sm" mb={4} px="sm">
                {sidebar.section}
              </Text>
            )}
            <NavLink
              component={Link}
              to={path}
              label={sidebar.label}
              leftSection={<sidebar.icon size={18} />}
              active={isCurrent}
              aria-current={isCurrent ? "page" : undefined}
              onClick={onNavigate}
            />
          </div>
        );
      })}
    </Stack>
  );
}
