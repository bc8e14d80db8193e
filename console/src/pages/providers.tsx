import { PageTitle } from "../parts/page-title.tsx";

export default function ProvidersPage() {
  return <PageTitle>Providers</PageTitle>;
}
