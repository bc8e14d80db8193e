import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { CombinedError } from "urql";
import { BusyButton } from "../../parts/busy-button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { failureText } from "../../parts/failure.tsx";
import classes from "./new-key.module.css";

interface Making {
  /** Heads the dialog. */
  readonly title: string;
  /** What the button says that opens it. */
  readonly label: string;
  /** What a name is good for. */
  readonly hint: string;
  readonly maxLength: number;
  readonly make: (name: string) => Promise<{ secret: string | undefined; error: CombinedError | undefined }>;
  readonly onMade: () => void;
}

/** Asks for a name, makes a key, and shows its secret this once: it is in no list and no cache afterwards. */
export function NewKey({ label, ...making }: Making) {
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const close = (): void => {
    setOpen(false);
    setSecret(null);
  };
  return (
    <>
      <Button size="xs" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={making.title}
        centered
        // A click beside the dialog would lose the secret for good.
        closeOnClickOutside={secret === null}
        closeOnEscape={secret === null}
        withCloseButton={secret === null}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {secret === null ? (
          <NameForm {...making} onSecret={setSecret} close={close} />
        ) : (
          <Secret secret={secret} close={close} />
        )}
      </Modal>
    </>
  );
}

function NameForm({
  hint,
  maxLength,
  make,
  onMade,
  onSecret,
  close,
}: Omit<Making, "title" | "label"> & { onSecret: (secret: string) => void; close: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setBusy(true);
    setProblem(null);
    const { secret, error } = await make(name);
    setBusy(false);
    if (error) setProblem(failureText(error));
    if (secret === undefined) return;
    onSecret(secret);
    onMade();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          name="name"
          label="Name"
          description={hint}
          required
          maxLength={maxLength}
          autoComplete="off"
          data-autofocus
          error={problem}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <BusyButton type="submit" isBusy={isBusy}>
            Make key
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}

const Secret = ({ secret, close }: { secret: string; close: () => void }) => (
  <Stack>
    <Alert role="status" color="yellow" icon={<IconAlertTriangle />} title="Copy this key now">
      <Text size="sm">It is shown this once. Only its hash is stored, so nobody can look it up later.</Text>
    </Alert>
    <Group gap="xs" wrap="nowrap">
      <Code className={classes.secret} aria-label="The new key">
        {secret}
      </Code>
      <CopyButton value={secret} label="Copy the key" />
    </Group>
    <Group justify="flex-end">
      <Button onClick={close}>I have copied it</Button>
    </Group>
  </Stack>
);
