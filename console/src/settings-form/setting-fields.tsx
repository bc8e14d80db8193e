import type { SettingSchema } from "./schema.ts";
import { SettingField } from "./setting-field.tsx";
import type { FormValues, Problem } from "./values.ts";

/** The fields of a settings object, in the order of its schema. */
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
