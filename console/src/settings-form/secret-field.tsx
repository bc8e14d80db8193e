import { Badge, Button, Group, Input, PasswordInput, Textarea } from "@mantine/core";
import { IconLock, IconLockOff } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** A write-only field: a secret can be set, replaced or removed, but is never shown. */
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
  /** undefined: unchanged; null: removed. */
  value: string | null | undefined;
  isSet: boolean;
  isLong: boolean;
  onChange: (value: string | null | undefined) => void;
}) {
  if (isSet && typeof value !== "string") {
    const isRemoved = value === null;
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
            color={isRemoved ? "red" : "green"}
            leftSection={
              isRemoved ? <IconLockOff size={12} aria-hidden /> : <IconLock size={12} aria-hidden />
            }
            tt="none"
          >
            {isRemoved ? "will be removed" : "is set"}
          </Badge>
          {isRemoved ? (
            <Button variant="default" size="xs" onClick={() => onChange(undefined)}>
              Keep
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
    // It appeared because of "Replace".
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
          Keep current
        </Button>
      )}
    </Group>
  );
}
