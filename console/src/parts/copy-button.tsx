import { ActionIcon, CopyButton as Copying, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Copies a text to the clipboard and confirms it. */
export const CopyButton = ({ value, label }: { value: string; label: string }) => (
  <Copying value={value} timeout={2_000}>
    {({ copied, copy }) => (
      <>
        <Tooltip label={copied ? "Copied" : label} withArrow>
          <ActionIcon variant="subtle" color={copied ? "teal" : "gray"} onClick={copy} aria-label={label}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
        <VisuallyHidden role="status">{copied && "Copied"}</VisuallyHidden>
      </>
    )}
  </Copying>
);
