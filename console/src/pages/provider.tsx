import { PageTitle } from "../parts/page-title.tsx";

export default function ProviderPage() {
  return <PageTitle>Provider</PageTitle>;
}
