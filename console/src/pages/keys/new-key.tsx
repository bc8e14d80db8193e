import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { CombinedError } from "urql";
import { BusyButton } from "../../parts/busy-button.tsx";
import { failureText } from "../../parts/failure.tsx";
import { SecretOnce } from "../../parts/secret-once.tsx";

interface NewKeyProps {
  /** The title of the dialog. */
  readonly title: string;
  /** The label of the button that opens the dialog. */
  readonly label: string;
  /** The description of the name field. */
  readonly hint: string;
  readonly maxLength: number;
  readonly create: (
    name: string,
  ) => Promise<{ secret: string | undefined; error: CombinedError | undefined }>;
  readonly onCreated: () => void;
}

/** Asks for a name, creates a key, and shows its secret once; the secret is not cached. */
export function NewKey({ label, ...props }: NewKeyProps) {
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
        title={props.title}
        centered
        // An accidental click outside the dialog would lose the secret.
        closeOnClickOutside={secret === null}
        closeOnEscape={secret === null}
        withCloseButton={secret === null}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {secret === null ? (
          <NameForm {...props} onSecret={setSecret} close={close} />
        ) : (
          <SecretOnce noun="key" secret={secret} close={close}>
            It is shown only once. Only its hash is stored, so it cannot be retrieved later.
          </SecretOnce>
        )}
      </Modal>
    </>
  );
}

function NameForm({
  hint,
  maxLength,
  create,
  onCreated,
  onSecret,
  close,
}: Omit<NewKeyProps, "title" | "label"> & { onSecret: (secret: string) => void; close: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setBusy(true);
    setProblem(null);
    const { secret, error } = await create(name);
    setBusy(false);
    if (error) setProblem(failureText(error));
    if (secret === undefined) return;
    onSecret(secret);
    onCreated();
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
            Create key
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}
