import { Badge } from "@mantine/core";

/** Badges for anonymous or permanent, and disabled; the text does not rely on color. */
export const UserState = ({ isAnonymous, disabled }: { isAnonymous: boolean; disabled: boolean }) => (
  <>
    <Badge variant="default" tt="none" fw={500}>
      {isAnonymous ? "Anonymous" : "Permanent"}
    </Badge>
    {disabled && (
      <Badge variant="filled" color="red.9" tt="none" fw={500}>
        Disabled
      </Badge>
    )}
  </>
);
