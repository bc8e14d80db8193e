import { PageTitle } from "../parts/page-title.tsx";

export default function AuditPage() {
  return <PageTitle>Audit</PageTitle>;
}
