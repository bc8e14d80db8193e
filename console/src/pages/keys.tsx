import { PageTitle } from "../parts/page-title.tsx";

export default function KeysPage() {
  return <PageTitle>Keys</PageTitle>;
}
