/** The JSON Schema of a provider's settings, and the kind of field for each. */

export interface SettingSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: SettingSchema;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SettingSchema;
  readonly maxLength?: number;
  readonly format?: string;
  /** Write-only: it can be set, replaced or removed, but is never shown. */
  readonly secret?: boolean;
}

export type FieldKind =
  | "secret"
  | "boolean"
  | "choice"
  | "number"
  | "text"
  | "choices"
  | "list"
  | "map"
  | "group"
  /** Types without a specific field are edited as JSON. */
  | "json";

const areTexts = (values: readonly unknown[] | undefined): boolean =>
  values?.every((value) => typeof value === "string") ?? false;

export function kindOf(schema: SettingSchema): FieldKind {
  if (schema.secret) return "secret";
  if (schema.enum) return areTexts(schema.enum) ? "choice" : "json";
  switch (schema.type) {
    case "boolean":
      return "boolean";
    case "number":
    case "integer":
      return "number";
    case "string":
      return "text";
    case "array":
      if (areTexts(schema.items?.enum)) return "choices";
      return schema.items?.type === "string" ? "list" : "json";
    case "object":
      if (schema.properties) return "group";
      return typeof schema.additionalProperties === "object" && schema.additionalProperties.type === "string"
        ? "map"
        : "json";
    default:
      return "json";
  }
}

/** Whether to use a multi-line field, such as for keys. */
export const isLong = ({ maxLength }: SettingSchema): boolean => maxLength !== undefined && maxLength > 4_000;
