import { Stack } from "@mantine/core";
import { DocsHint } from "../parts/docs-hint.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { AdminKeys } from "./keys/admin-keys.tsx";
import { ServerKeys } from "./keys/server-keys.tsx";
import { SigningKeys } from "./keys/signing-keys.tsx";

export default function KeysPage() {
  return (
    <>
      <PageTitle>Keys</PageTitle>
      <DocsHint path="docs/operating.md" />
      <Stack gap="lg">
        <SigningKeys />
        <AdminKeys />
        <ServerKeys />
      </Stack>
    </>
  );
}
