import { PageTitle } from "../parts/page-title.tsx";

export default function OverviewPage() {
  return <PageTitle>Overview</PageTitle>;
}
