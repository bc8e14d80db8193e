import { Stack } from "@mantine/core";
import { PageTitle } from "../parts/page-title.tsx";
import { AdminKeys } from "./keys/admin-keys.tsx";
import { ServerKeys } from "./keys/server-keys.tsx";
import { SigningKeys } from "./keys/signing-keys.tsx";

export default function KeysPage() {
  return (
    <>
      <PageTitle>Keys</PageTitle>
      <Stack gap="lg">
        <SigningKeys />
        <AdminKeys />
        <ServerKeys />
      </Stack>
    </>
  );
}
