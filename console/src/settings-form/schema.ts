/** What a form knows of a provider's settings: their JSON Schema, as the gateway gives it. */

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
  /** Write-only: it is set, replaced or removed, and never shown. */
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
  /** Whatever has no field of its own is written as JSON. */
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

/** Longer texts, such as keys, get more than one line. */
export const isLong = ({ maxLength }: SettingSchema): boolean => maxLength !== undefined && maxLength > 4_000;
