import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import classes from "./secret-once.module.css";

/** A new secret that cannot be shown again, such as a key. An accidental click outside its dialog must not close it. */
export const SecretOnce = ({
  noun,
  secret,
  close,
  children,
}: {
  /** Such as "key". */
  noun: string;
  secret: string;
  close: () => void;
  /** Why it cannot be shown again, and what to do with it. */
  children: ReactNode;
}) => (
  <Stack>
    <Alert role="status" color="yellow" icon={<IconAlertTriangle />} title={`Copy this ${noun} now`}>
      <Text size="sm">{children}</Text>
    </Alert>
    <Group gap="xs" wrap="nowrap">
      <Code className={classes.secret} aria-label={`The new ${noun}`}>
        {secret}
      </Code>
      <CopyButton value={secret} label={`Copy the ${noun}`} />
    </Group>
    <Group justify="flex-end">
      <Button onClick={close}>I have copied it</Button>
    </Group>
  </Stack>
);
