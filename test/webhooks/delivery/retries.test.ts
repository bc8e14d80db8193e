/** When a failed delivery is tried again, and what a receipt is. */
import { expect, it } from "@jest/globals";
import { decideRetry, pauseSeconds } from "../../../src/webhooks/delivery/retries.ts";
import { readReceipt, receiptState } from "../../../src/webhooks/receipts.ts";

it("pauses grow from five seconds to an hour", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(pauseSeconds)).toEqual([5, 30, 120, 600, 1_800, 3_600, 3_600, 3_600]);
});

it("a failure is parked after three days, and not before", () => {
  const givesUpAt = new Date("2026-06-04T12:00:00Z");
  const before = new Date(+givesUpAt - 1);
  expect(decideRetry({ attempts: 2, givesUpAt }, before)).toEqual({
    state: "PENDING",
    nextAttemptAt: new Date(+before + 30_000),
  });
  expect(decideRetry({ attempts: 2, givesUpAt }, givesUpAt).state).toBe("PARKED");
});

it.each([
  ['{"receipt":"r-1"}', "r-1"],
  [`{"receipt":"${"é".repeat(512)}"}`, "é".repeat(512)],
  [`{"receipt":"${"é".repeat(512)}x"}`, null],
  ['{"receipt":1}', null],
  ['{"receipt":"a\\u0000b"}', null],
  ["[]", null],
  ["null", null],
  ["thanks", null],
  ["", null],
])("the receipt of %j is %j", (body, receipt) => {
  expect(readReceipt(Buffer.from(body))).toBe(receipt);
});

it("what is not text in UTF-8 has no receipt", () => {
  expect(readReceipt(Buffer.from([0x7b, 0xff]))).toBeNull();
});

it("a receipt is overdue after seven days", () => {
  const requestedAt = new Date("2026-06-01T12:00:00Z");
  const after = (days: number): Date => new Date(+requestedAt + days * 86_400_000);
  const state = (now: Date, receivedAt: Date | null = null) => receiptState({ requestedAt, receivedAt }, now);
  expect([state(after(6.99)), state(after(7)), state(after(8), after(7.5))]).toEqual([
    "OUTSTANDING",
    "OVERDUE",
    "RECEIVED",
  ]);
});
