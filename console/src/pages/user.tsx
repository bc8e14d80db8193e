import { PageTitle } from "../parts/page-title.tsx";

export default function UserPage() {
  return <PageTitle>User</PageTitle>;
}
