import { Code, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

export interface TypedNames {
  /** Whether all is typed; tells at the fields where not, and goes to the first. */
  check(): boolean;
  readonly fields: React.ReactNode;
}

/** Up to so many are typed by name; of more, how many they are. */
const MAX_NAMES = 3;

const fieldId = (name: string): string => `confirm-${name.replaceAll(" ", "-")}`;

/** Asks for the name of each provider whose change is dangerous, or for their number where there are many. */
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
        <Text size="sm">Users lose access, or a provider is removed. Confirm it by typing.</Text>
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
