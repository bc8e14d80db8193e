/** All pages: path, sidebar entry, and lazily loaded component. */
import {
  IconChartAreaLine,
  IconEraser,
  IconHistory,
  IconKey,
  IconListSearch,
  IconLogin2,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";

export interface PageEntry {
  /** Relative to `/console`, in react-router's syntax. */
  readonly path: string;
  readonly Page: ComponentType;
  /** Absent for pages that are reached from other pages only. */
  readonly sidebar?: {
    readonly label: string;
    readonly icon: ComponentType<{ size?: number }>;
    readonly section?: string;
  };
}

export const pages: readonly PageEntry[] = [
  {
    path: "/overview",
    Page: lazy(() => import("./overview.tsx")),
    sidebar: { label: "Overview", icon: IconChartAreaLine },
  },
  {
    path: "/authentication/providers",
    Page: lazy(() => import("./providers.tsx")),
    sidebar: { label: "Providers", icon: IconLogin2, section: "Authentication" },
  },
  { path: "/authentication/providers/:name", Page: lazy(() => import("./provider.tsx")) },
  {
    path: "/authentication/history",
    Page: lazy(() => import("./history.tsx")),
    sidebar: { label: "History", icon: IconHistory, section: "Authentication" },
  },
  { path: "/authentication/history/:version", Page: lazy(() => import("./deployment.tsx")) },
  { path: "/users", Page: lazy(() => import("./users.tsx")), sidebar: { label: "Users", icon: IconUsers } },
  { path: "/users/:id", Page: lazy(() => import("./user.tsx")) },
  {
    path: "/webhooks",
    Page: lazy(() => import("./webhooks.tsx")),
    sidebar: { label: "Webhooks", icon: IconWebhook },
  },
  { path: "/webhooks/:endpoint", Page: lazy(() => import("./webhook.tsx")) },
  {
    path: "/erasure",
    Page: lazy(() => import("./erasure.tsx")),
    sidebar: { label: "Erasure", icon: IconEraser },
  },
  {
    path: "/audit",
    Page: lazy(() => import("./audit.tsx")),
    sidebar: { label: "Audit", icon: IconListSearch },
  },
  { path: "/keys", Page: lazy(() => import("./keys.tsx")), sidebar: { label: "Keys", icon: IconKey } },
];
