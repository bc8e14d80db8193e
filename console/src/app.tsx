import { Suspense } from "react";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { Provider as GraphProvider } from "urql";
import { graph } from "./graph.ts";
import { Layout } from "./layout.tsx";
import { mount } from "./mount.ts";
import { pages } from "./pages/index.ts";
import { PageSkeleton } from "./parts/page-skeleton.tsx";
import { SignedIn } from "./session.tsx";

const router = createBrowserRouter(
  [
    {
      element: <Layout />,
      children: [
        { index: true, element: <Navigate to="/overview" replace /> },
        ...pages.map(({ path, Page }) => ({
          path,
          element: (
            <Suspense fallback={<PageSkeleton />}>
              <Page />
            </Suspense>
          ),
        })),
        { path: "*", element: <Navigate to="/overview" replace /> },
      ],
    },
  ],
  { basename: `${mount}/console` },
);

/** Maps addresses to pages. Before sign-in, no page is rendered and no data is requested. */
export const App = () => (
  <SignedIn>
    <GraphProvider value={graph}>
      <RouterProvider router={router} />
    </GraphProvider>
  </SignedIn>
);
