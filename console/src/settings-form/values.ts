/** Converts between settings and the values of form fields. */
import { kindOf, type SettingSchema } from "./schema.ts";

/**
 * By kind: group: nested values; map: rows of name and value; choices: the selected ones; boolean: itself; text, number, list
 * (one item per line) and JSON: the typed text; secret: undefined when unchanged, null when removed.
 */
export type FieldValue =
  | string
  | boolean
  | null
  | undefined
  | readonly string[]
  | readonly MapRow[]
  | FormValues;
export type MapRow = readonly [name: string, value: string];
export interface FormValues {
  readonly [name: string]: FieldValue;
}

export interface Problem {
  /** A path such as `clientIds.0`; "" for the settings as a whole. */
  readonly field: string;
  readonly message: string;
}

type Settings = Readonly<Record<string, unknown>>;

export function toForm(settings: Settings, schema: SettingSchema): FormValues {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, each]) => [
      name,
      toField(settings[name] ?? each.default, each),
    ]),
  );
}

function toField(value: unknown, schema: SettingSchema): FieldValue {
  switch (kindOf(schema)) {
    case "secret":
      return undefined;
    case "boolean":
      return value === true;
    case "choices":
      return Array.isArray(value) ? value.map(String) : [];
    case "list":
      return Array.isArray(value) ? value.join("\n") : "";
    case "map":
      return Object.entries((value ?? {}) as object).map(([key, each]): MapRow => [key, String(each)]);
    case "group":
      return toForm((value ?? {}) as Settings, schema);
    case "json":
      return value === undefined ? "" : JSON.stringify(value, null, 2);
    default:
      return value === undefined || value === null ? "" : String(value);
  }
}

/** @returns the settings, and problems that prevent sending them, such as invalid JSON */
export function fromForm(
  values: FormValues,
  schema: SettingSchema,
  path = "",
): { settings: Settings; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries = Object.entries(schema.properties ?? {}).map(([name, each]) => {
    const field = path + name;
    return [name, fromField(values[name], each, { field, problems })] as const;
  });
  return { settings: Object.fromEntries(entries.filter(([, value]) => value !== undefined)), problems };
}

function fromField(
  value: FieldValue,
  schema: SettingSchema,
  { field, problems }: { field: string; problems: Problem[] },
): unknown {
  switch (kindOf(schema)) {
    case "list":
      return String(value ?? "")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "map":
      return Object.fromEntries(((value ?? []) as readonly MapRow[]).filter(([name]) => name.trim() !== ""));
    case "number":
      if (value === "" || value === undefined) return undefined;
      return Number.isFinite(Number(value)) ? Number(value) : value;
    case "group": {
      const inner = fromForm((value ?? {}) as FormValues, schema, `${field}.`);
      problems.push(...inner.problems);
      return inner.settings;
    }
    case "json":
      try {
        return value ? JSON.parse(String(value)) : undefined;
      } catch {
        problems.push({ field, message: "Invalid JSON." });
        return undefined;
      }
    default:
      return value === "" ? undefined : value;
  }
}
