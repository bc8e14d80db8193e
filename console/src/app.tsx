import { Suspense } from "react";
import { Navigate, Route, Routes } from "react-router";
import { Provider as GraphProvider } from "urql";
import { graph } from "./graph.ts";
import { Layout } from "./layout.tsx";
import { pages } from "./pages/index.ts";
import { PageSkeleton } from "./parts/page-skeleton.tsx";
import { SignedIn } from "./session.tsx";

/** What an address shows. Nothing but the sign-in is drawn, or asked for, before somebody is signed in. */
export const App = () => (
  <SignedIn>
    <GraphProvider value={graph}>
      <Routes>
        <Route element={<Layout />}>
          <Route index element={<Navigate to="/overview" replace />} />
          {pages.map(({ path, Page }) => (
            <Route
              key={path}
              path={path}
              element={
                <Suspense fallback={<PageSkeleton />}>
                  <Page />
                </Suspense>
              }
            />
          ))}
          <Route path="*" element={<Navigate to="/overview" replace />} />
        </Route>
      </Routes>
    </GraphProvider>
  </SignedIn>
);
