/** Bodies: MongoDB Extended JSON (canonical or relaxed) becomes plain values. */
import { EJSON } from "bson";
import { JsonError, parseJson } from "../text/read-json.ts";
import { badRequest } from "./errors.ts";

/**
 * Numbers become numbers, dates ISO strings and ObjectIds hexadecimal strings.
 * @returns an empty object for an empty body
 * @throws RealmError when it is not a JSON object
 */
export function readBody(text: string): Record<string, unknown> {
  if (/^\ufeff?\s*$/.test(text)) return {};
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

/** Whether it may contain Extended JSON, whose field names begin with a dollar sign, which may be escaped. */
const EXTENDED = /\$|\\u0024/;

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const isTooDeep = error instanceof JsonError && /deeper/.test(error.message);
    throw badRequest(isTooDeep ? "the body is nested too deep" : "the body is not valid JSON");
  }
  if (!EXTENDED.test(text)) return value;
  try {
    // Serialized and parsed again, so that no BSON types remain.
    return JSON.parse(JSON.stringify(EJSON.deserialize(value as Record<string, unknown>, { relaxed: true })));
  } catch {
    throw badRequest("the body is not valid Extended JSON");
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** A required string. @throws RealmError when it is absent or not a string */
export function readText(body: Fields, name: string): string {
  const value = readOptionalText(body, name);
  if (value === null) throw badRequest(`'${name}' is a required string`, "MissingParameter");
  return value;
}

/** null when the field is absent or null. @throws RealmError when it is not a string */
export function readOptionalText(body: Fields, name: string): string | null {
  const value = Object.hasOwn(body, name) ? body[name] : null;
  if (value === null || typeof value === "string") return value;
  throw badRequest(`'${name}' must be a string`, "InvalidParameter");
}

/** A field that is an object; null when it is absent or something else. */
export function findFields(body: Fields, name: string): Fields | null {
  const value = Object.hasOwn(body, name) ? body[name] : null;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
