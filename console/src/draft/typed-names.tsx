import { Code, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

export interface TypedNames {
  /** Whether every name was typed correctly; otherwise marks the fields and focuses the first. */
  check(): boolean;
  readonly fields: React.ReactNode;
}

/** Above this number of providers, their count is typed instead of their names. */
const MAX_NAMES = 3;

const fieldId = (name: string): string => `confirm-${name.replaceAll(" ", "-")}`;

/** Confirmation fields: the name of each provider whose change is dangerous, or their number where there are many. */
export function useTypedNames(dangers: readonly { readonly provider: string }[]): TypedNames {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [isChecked, setChecked] = useState(false);
  const names =
    dangers.length > MAX_NAMES ? [`${dangers.length} providers`] : dangers.map(({ provider }) => provider);
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
        <Text size="sm">These changes remove a provider or lock users out. Type to confirm.</Text>
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
            error={isChecked && isWrong(name) && `This does not match ${name}.`}
            autoComplete="off"
          />
        ))}
      </Stack>
    ),
  };
}
