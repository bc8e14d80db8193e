import { PageTitle } from "../parts/page-title.tsx";

export default function UsersPage() {
  return <PageTitle>Users</PageTitle>;
}
