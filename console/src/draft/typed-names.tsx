import { Code, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

export interface TypedNames {
  /** Whether every name is typed; tells at the fields where not, and goes to the first. */
  check(): boolean;
  readonly fields: React.ReactNode;
}

const fieldId = (name: string): string => `confirm-${name}`;

/** Asks for the name of each provider whose change somebody would regret. */
export function useTypedNames(names: readonly string[]): TypedNames {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [isChecked, setChecked] = useState(false);
  const isWrong = (name: string): boolean => typed[name]?.trim() !== name;
  return {
    check() {
      setChecked(true);
      const wrong = names.find(isWrong);
      if (wrong === undefined) return true;
      document.getElementById(fieldId(wrong))?.focus();
      return false;
    },
    fields: names.length > 0 && (
      <Stack gap="xs">
        <Text size="sm">This cannot be done by accident: type what is lost.</Text>
        {names.map((name) => (
          <TextInput
            key={name}
            id={fieldId(name)}
            label={
              <>
                Type <Code>{name}</Code> to confirm
              </>
            }
            value={typed[name] ?? ""}
            onChange={({ currentTarget: { value } }) => setTyped((before) => ({ ...before, [name]: value }))}
            error={isChecked && isWrong(name) && `This is not ${name}.`}
            autoComplete="off"
          />
        ))}
      </Stack>
    ),
  };
}
