import { NavLink, ScrollArea } from "@mantine/core";
import { Link, useLocation } from "react-router";
import { type PageEntry, pages } from "./pages/index.ts";

type Shown = PageEntry & { sidebar: NonNullable<PageEntry["sidebar"]> };

const shown = pages.filter((page): page is Shown => page.sidebar !== undefined);

/** Pages of one section are grouped below a link to the first of them. */
const groups = shown.reduce<{ section: string | undefined; entries: Shown[] }[]>((groups, page) => {
  const { section } = page.sidebar;
  const last = groups.at(-1);
  if (section !== undefined && last?.section === section) last.entries.push(page);
  else groups.push({ section, entries: [page] });
  return groups;
}, []);

export function Sidebar({ onNavigate }: { onNavigate: () => void }) {
  const { pathname } = useLocation();
  const link = ({ path, sidebar }: Shown) => {
    const isCurrent = pathname === path || pathname.startsWith(`${path}/`);
    return (
      <NavLink
        key={path}
        component={Link}
        to={path}
        label={sidebar.label}
        leftSection={<sidebar.icon size={18} aria-hidden />}
        active={isCurrent}
        aria-current={isCurrent ? "page" : undefined}
        onClick={onNavigate}
      />
    );
  };
  return (
    <ScrollArea>
      {groups.map(({ section, entries }) => {
        const [first] = entries;
        if (section === undefined || !first) return entries.map(link);
        return (
          <div key={section}>
            <NavLink component={Link} to={first.path} label={section} fw={600} onClick={onNavigate} />
            <div style={{ paddingInlineStart: "var(--mantine-spacing-md)" }}>{entries.map(link)}</div>
          </div>
        );
      })}
    </ScrollArea>
  );
}
