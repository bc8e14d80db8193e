import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { CombinedError } from "urql";
import { BusyButton } from "./busy-button.tsx";
import { failureText } from "./failure.tsx";

interface Asking {
  readonly title: string;
  /** What will happen, and what cannot be undone. */
  readonly children: ReactNode;
  /** What the button says that does it: a verb and its object. */
  readonly action: string;
  /** What must be typed before; for what cannot be undone. */
  readonly typed?: string;
  readonly isHarmless?: boolean;
  readonly act: () => Promise<{ error?: CombinedError | undefined }>;
  readonly onDone: () => void;
}

/** Asks before something is done. It begins at the way out: neither Enter nor Space does it unread. */
export const Confirmation = ({
  isOpen,
  close,
  ...asking
}: Asking & { isOpen: boolean; close: () => void }) => (
  <Modal
    opened={isOpen}
    onClose={close}
    title={asking.title}
    centered
    closeButtonProps={{ "aria-label": "Close" }}
  >
    <Question {...asking} close={close} />
  </Modal>
);

function Question({
  children,
  action,
  typed,
  isHarmless,
  act,
  onDone,
  close,
}: Omit<Asking, "title"> & { close: () => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const confirm = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const { error } = await act();
    setBusy(false);
    if (error) {
      setProblem(failureText(error));
      return;
    }
    close();
    onDone();
  };
  return (
    <Stack>
      <Text size="sm" component="div">
        {children}
      </Text>
      {typed !== undefined && (
        <TextInput
          label={
            <>
              Type <Code>{typed}</Code> to confirm
            </>
          }
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      {problem && (
        <Alert role="alert" color="red">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus={typed === undefined || undefined}>
          Cancel
        </Button>
        <BusyButton
          color={isHarmless ? undefined : "red.9"}
          onClick={confirm}
          isBusy={isBusy}
          disabled={typed !== undefined && text.trim() !== typed}
        >
          {action}
        </BusyButton>
      </Group>
    </Stack>
  );
}
