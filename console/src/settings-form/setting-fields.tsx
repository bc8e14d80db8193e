import {
  Checkbox,
  Fieldset,
  Group,
  JsonInput,
  NativeSelect,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import { describe } from "./description.tsx";
import { problemsAt } from "./field-problems.tsx";
import { MapField } from "./map-field.tsx";
import { isLong, kindOf, type SettingSchema } from "./schema.ts";
import { SecretField } from "./secret-field.tsx";
import type { FieldValue, FormValues, MapRow, Problem } from "./values.ts";

/** The form fields of a settings object, in the order of its schema. */
export const SettingFields = ({
  schema,
  path = "",
  values,
  stored,
  problems,
  onChange,
}: {
  schema: SettingSchema;
  path?: string;
  values: FormValues;
  stored: Readonly<Record<string, unknown>>;
  problems: readonly Problem[];
  onChange: (values: FormValues) => void;
}) =>
  Object.entries(schema.properties ?? {}).map(([name, each]) => (
    <SettingField
      key={name}
      path={path + name}
      schema={each}
      isRequired={schema.required?.includes(name) ?? false}
      value={values[name]}
      stored={stored[name]}
      problems={problems}
      onChange={(value) => onChange({ ...values, [name]: value })}
    />
  ));

export interface SettingFieldProps {
  /** Its path in the settings, such as `issuer`. */
  readonly path: string;
  readonly schema: SettingSchema;
  readonly isRequired: boolean;
  readonly value: FieldValue;
  /** The stored value; for a secret only whether one is set. */
  readonly stored: unknown;
  readonly problems: readonly Problem[];
  onChange(value: FieldValue): void;
}

export const fieldId = (path: string): string => `setting-${path}`;

function SettingField({ path, schema, isRequired, value, stored, problems, onChange }: SettingFieldProps) {
  const kind = kindOf(schema);
  const text = String(value ?? "");
  const shared = {
    id: fieldId(path),
    label: schema.title ?? path,
    description: describe(schema.description),
    error: problemsAt(path, problems, kind === "list" ? text : undefined),
    required: isRequired,
  };
  const onText = ({ currentTarget }: { currentTarget: { value: string } }): void =>
    onChange(currentTarget.value);
  const mono = {
    styles: { input: { fontFamily: "var(--mantine-font-family-monospace)" } },
    spellCheck: false,
  };

  switch (kind) {
    case "secret":
      return (
        <SecretField
          {...shared}
          value={value as string | null | undefined}
          isSet={stored !== undefined}
          isLong={isLong(schema)}
          onChange={onChange}
        />
      );
    case "boolean":
      return (
        <Switch
          {...shared}
          required={false}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...shared}
          value={text}
          onChange={onText}
          data={[
            ...(text === "" ? [{ value: "", label: "Select…" }] : []),
            ...(schema.enum ?? []).map(String),
          ]}
        />
      );
    case "choices":
      return (
        <Checkbox.Group {...shared} value={[...((value ?? []) as string[])]} onChange={onChange}>
          <Group mt="xs">
            {(schema.items?.enum ?? []).map(String).map((each, index) => (
              <Checkbox key={each} value={each} label={each} id={index === 0 ? fieldId(path) : undefined} />
            ))}
          </Group>
        </Checkbox.Group>
      );
    case "number":
      return <TextInput {...shared} inputMode="decimal" value={text} onChange={onText} maw={240} />;
    case "list":
      return (
        <Textarea
          {...shared}
          {...mono}
          description={describe(`${schema.description ?? ""} One per line.`.trim())}
          value={text}
          onChange={onText}
          autosize
          minRows={2}
          maxRows={12}
        />
      );
    case "map":
      return <MapField {...shared} rows={(value ?? []) as readonly MapRow[]} onChange={onChange} />;
    case "group":
      return (
        <Fieldset legend={schema.title ?? path} id={fieldId(path)} tabIndex={-1}>
          <Stack>
            <SettingFields
              schema={schema}
              path={`${path}.`}
              values={(value ?? {}) as FormValues}
              stored={(stored ?? {}) as Record<string, unknown>}
              problems={problems}
              onChange={onChange}
            />
          </Stack>
        </Fieldset>
      );
    case "json":
      return (
        <JsonInput {...shared} {...mono} value={text} onChange={onChange} autosize minRows={3} formatOnBlur />
      );
    default:
      return isLong(schema) ? (
        <Textarea {...shared} {...mono} value={text} onChange={onText} autosize minRows={4} maxRows={14} />
      ) : (
        <TextInput {...shared} value={text} onChange={onText} autoComplete="off" />
      );
  }
}
