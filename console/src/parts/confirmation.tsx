import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { CombinedError } from "urql";
import { BusyButton } from "./busy-button.tsx";
import { failureText } from "./failure.tsx";

interface QuestionProps {
  /** The consequences, and whether they can be undone. */
  readonly children: ReactNode;
  /** The label of the confirming button: a verb and its object. */
  readonly action: string;
  /** Text that must be typed to confirm an action that cannot be undone. */
  readonly typed?: string;
  readonly isHarmless?: boolean;
  readonly act: () => Promise<{ error?: CombinedError | undefined }>;
  readonly onDone: () => void;
}

interface ConfirmationProps extends QuestionProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** A confirmation dialog. The focus starts at Cancel, so that Enter or Space does not confirm by accident. */
export const Confirmation = ({ isOpen, close, title, onDone, ...question }: ConfirmationProps) => (
  <Modal opened={isOpen} onClose={close} title={title} centered closeButtonProps={{ "aria-label": "Close" }}>
    <Question
      {...question}
      cancel={close}
      onDone={() => {
        close();
        onDone();
      }}
    />
  </Modal>
);

/** The content of a confirmation, for a dialog that continues after it. */
export function Question({
  children,
  action,
  typed,
  isHarmless,
  act,
  onDone,
  cancel,
}: QuestionProps & { cancel: () => void }) {
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
        <Button variant="default" onClick={cancel} data-autofocus={typed === undefined || undefined}>
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
