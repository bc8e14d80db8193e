import { Alert, Anchor, AppShell, Burger, Button, Group, Text } from "@mantine/core";
import { useDisclosure, useReducedMotion } from "@mantine/hooks";
import { IconLogout } from "@tabler/icons-react";
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from "react";
import { Outlet, useLocation } from "react-router";
import { DraftBanner } from "./draft/draft-banner.tsx";
import { useReviewAddress } from "./draft/review-address.ts";
import { ColorSchemeSwitch } from "./parts/color-scheme-switch.tsx";
import { ErrorBoundary } from "./parts/error-boundary.tsx";
import { useSession } from "./session.tsx";
import { Sidebar } from "./sidebar.tsx";

const loadReview = () => import("./draft/review-dialog.tsx");
const ReviewDialog = lazy(loadReview);

/** The frame of every page: header, sidebar, and banners. */
export function Layout() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { session, signOut } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  const review = useReviewAddress();
  const isMotionReduced = useReducedMotion(false, { getInitialValueInEffect: false });
  const { pathname } = useLocation();
  // Preloaded, so that the review opens even while the gateway restarts.
  useEffect(() => void loadReview().catch(() => {}), []);
  const onSignOut = (): Promise<void> => signOut().catch((error: Error) => setProblem(error.message));
  const burger = useRef<HTMLButtonElement>(null);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key !== "Escape" || !isOpen) return;
    close();
    burger.current?.focus();
  };
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", sm: "lg" }}
      transitionDuration={isMotionReduced ? 0 : 200}
    >
      <AppShell.Header>
        <Anchor href="#main" className="skip-link" onClick={close}>
          Skip to main content
        </Anchor>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              ref={burger}
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={isOpen}
            />
            <Text fw={700}>Passerby</Text>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Text size="sm" c="dimmed" visibleFrom="sm" maw={240} truncate title={session.name}>
              {session.name}
            </Text>
            <ColorSchemeSwitch />
            <Button
              variant="default"
              size="xs"
              leftSection={<IconLogout size={14} aria-hidden />}
              onClick={onSignOut}
            >
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="md"
        aria-label="Pages"
        className="navbar"
        mod={{ open: isOpen }}
        onKeyDown={onKeyDown}
      >
        <Sidebar onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main
        id="main"
        tabIndex={-1}
        className="main"
        mod={{ covered: isOpen }}
        style={{ outline: "none" }}
      >
        {problem && (
          <Alert role="alert" color="red" mb="lg" withCloseButton onClose={() => setProblem(null)}>
            {problem}
          </Alert>
        )}
        <DraftBanner />
        <ErrorBoundary key={pathname}>
          <Outlet />
        </ErrorBoundary>
        {review.isOpen && (
          <ErrorBoundary>
            <Suspense>
              <ReviewDialog onClose={review.close} />
            </Suspense>
          </ErrorBoundary>
        )}
      </AppShell.Main>
    </AppShell>
  );
}
