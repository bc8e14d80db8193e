import { expect, it } from "@jest/globals";
import { QueryFailedError } from "typeorm";
import { describeError } from "../src/log.ts";

it("keeps statements, their parameters and what the database says of rows out of the log", () => {
  const cause = Object.assign(new Error("terminating connection"), {
    code: "57P01",
    detail: "Key (email)=(ada@example.com) already exists.",
  });
  const error = new QueryFailedError(
    "INSERT INTO password_credentials …",
    ["ada@example.com", "$argon2id$…"],
    cause,
  );
  const logged = JSON.stringify(describeError(error));
  expect(logged).toContain("terminating connection");
  expect(logged).toContain("57P01");
  expect(logged).not.toMatch(/ada@|argon2|INSERT/);
});
