/** The keys of every gateway that tests start. */
export const MASTER_KEY = "test-master-key-0123456789-0123456789";
export const ADMIN_KEY = "test-admin-key-0123456789-0123456789";
