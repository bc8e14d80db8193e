import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";

interface ProviderType {
  readonly type: string;
  readonly displayName: string;
}

/** Asks for the type and name of a new provider and opens its form; saving the form adds it to the draft. */
export function AddProvider({ types, taken }: { types: readonly ProviderType[]; taken: readonly string[] }) {
  const [isOpen, { open, close }] = useDisclosure();
  const [type, setType] = useState(types[0]?.type ?? "");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const navigate = useNavigate();
  if (types.length === 0) return null;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const problem = problemOf(name, taken);
    setProblem(problem);
    if (!problem) navigate(`/authentication/providers/${name}?type=${encodeURIComponent(type)}`);
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        Add provider
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title="Add a provider"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <form onSubmit={onSubmit} noValidate>
          <Stack>
            <NativeSelect
              label="Type"
              value={type}
              onChange={({ currentTarget }) => setType(currentTarget.value)}
              data={types.map((each) => ({ value: each.type, label: each.displayName }))}
            />
            <TextInput
              label="Name"
              description="Clients use this name. It cannot be changed later."
              placeholder="company-sso"
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
              error={problem}
              data-autofocus
              autoComplete="off"
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit">Continue</Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function problemOf(name: string, taken: readonly string[]): string | null {
  if (taken.includes(name)) return "A provider with this name exists.";
  if (/^[a-z][a-z0-9-]{1,48}$/.test(name)) return null;
  return "Use 2 to 49 characters: a–z, 0–9 and hyphens, starting with a letter.";
}
