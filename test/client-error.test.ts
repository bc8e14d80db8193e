import { describe, expect, it } from "@jest/globals";
import { toErrorResponse } from "../src/client-error.ts";
import { errorCatalogue, PasserbyError } from "../src/errors.ts";
import { BodyError } from "../src/http/bodies.ts";

const failure = (code: string): Error => Object.assign(new Error("secret words"), { code });

describe("over HTTP", () => {
  it("every code of the catalogue has the catalogue's status, and no header", () => {
    for (const [code, { status, message }] of Object.entries(errorCatalogue)) {
      const error = new PasserbyError(code as keyof typeof errorCatalogue);
      expect(toErrorResponse(error)).toEqual({ status, headers: {}, code, message, details: {} });
    }
  });

  it("an error that says when to try again has Retry-After", () => {
    const error = new PasserbyError("RATE_LIMITED", { details: { retryAfterSeconds: 7 } });
    expect(toErrorResponse(error)).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  });

  it("a database that cannot be reached is 503 with Retry-After, and its words stay in the log", () => {
    const response = toErrorResponse(failure("ECONNREFUSED"));
    expect(response).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
    expect(response?.headers).toEqual({ "retry-after": "2" });
    expect(response?.message).not.toContain("secret");
  });

  it("a body that is too long keeps its own code and status", () => {
    const error = new BodyError("REQUEST_TOO_LARGE", "too long");
    expect(toErrorResponse(error)).toMatchObject({
      status: 413,
      code: "REQUEST_TOO_LARGE",
      message: "too long",
    });
  });

  it("an error of the framework below 500 is the client's", () => {
    const error = Object.assign(new Error("Unsupported Media Type"), { statusCode: 415, code: "FST_ERR" });
    expect(toErrorResponse(error)).toMatchObject({ status: 415, code: "BAD_USER_INPUT" });
  });

  it.each([
    failure("23502"),
    new Error("x"),
    Object.assign(new Error("x"), { statusCode: 500 }),
    "thrown text",
    null,
    undefined,
  ])("%p is unexpected", (error) => {
    expect(toErrorResponse(error)).toBeNull();
  });
});
