import { PageTitle } from "../parts/page-title.tsx";

export default function DeploymentPage() {
  return <PageTitle>Deployment</PageTitle>;
}
