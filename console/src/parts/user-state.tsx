import { Badge } from "@mantine/core";

/** Whether a user is anonymous, and whether it is disabled; in words, so that nobody needs the colours. */
export const UserState = ({ isAnonymous, disabled }: { isAnonymous: boolean; disabled: boolean }) => (
  <>
    <Badge variant="default" tt="none" fw={500}>
      {isAnonymous ? "Anonymous" : "Known"}
    </Badge>
    {disabled && (
      <Badge variant="filled" color="red.9" tt="none" fw={500}>
        Disabled
      </Badge>
    )}
  </>
);
