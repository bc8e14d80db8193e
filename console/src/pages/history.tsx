import { PageTitle } from "../parts/page-title.tsx";

export default function HistoryPage() {
  return <PageTitle>History</PageTitle>;
}
