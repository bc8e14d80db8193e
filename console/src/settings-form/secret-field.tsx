import { Badge, Button, Group, Input, PasswordInput, Textarea } from "@mantine/core";
import { IconLock, IconLockOff } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** A secret is given, replaced or removed; what it is, nobody is shown again. */
export function SecretField({
  id,
  label,
  description,
  error,
  required,
  value,
  isSet,
  isLong,
  onChange,
}: {
  id: string;
  label: string;
  description: ReactNode;
  error: ReactNode;
  required: boolean;
  /** undefined: it stays as it is; null: it goes. */
  value: string | null | undefined;
  isSet: boolean;
  isLong: boolean;
  onChange: (value: string | null | undefined) => void;
}) {
  if (isSet && typeof value !== "string") {
    const isGoing = value === null;
    return (
      <Input.Wrapper
        labelElement="div"
        label={label}
        description={description}
        error={error}
        withAsterisk={required}
        id={id}
        role="group"
        aria-label={label}
      >
        <Group mt={4} gap="xs">
          <Badge
            variant="light"
            color={isGoing ? "red" : "green"}
            leftSection={isGoing ? <IconLockOff size={12} aria-hidden /> : <IconLock size={12} aria-hidden />}
            tt="none"
          >
            {isGoing ? "will be removed" : "is set"}
          </Badge>
          {isGoing ? (
            <Button variant="default" size="xs" onClick={() => onChange(undefined)}>
              Keep it
            </Button>
          ) : (
            <>
              <Button
                variant="default"
                size="xs"
                onClick={() => onChange("")}
                aria-label={`Replace ${label}`}
              >
                Replace
              </Button>
              <Button
                variant="default"
                size="xs"
                onClick={() => onChange(null)}
                aria-label={`Remove ${label}`}
              >
                Remove
              </Button>
            </>
          )}
        </Group>
      </Input.Wrapper>
    );
  }
  const shared = {
    id,
    label,
    description,
    error,
    required,
    value: value ?? "",
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange(currentTarget.value === "" && !isSet ? undefined : currentTarget.value),
    autoComplete: "off",
    // Chosen with Replace, it is what one types into next.
    autoFocus: isSet,
  };
  return (
    <Group align="flex-end" wrap="nowrap">
      <div style={{ flex: 1 }}>
        {isLong ? (
          <Textarea {...shared} autosize minRows={4} maxRows={14} spellCheck={false} />
        ) : (
          <PasswordInput {...shared} visibilityToggleButtonProps={{ "aria-label": `Show ${label}` }} />
        )}
      </div>
      {isSet && (
        <Button variant="default" onClick={() => onChange(undefined)}>
          Keep the old one
        </Button>
      )}
    </Group>
  );
}
