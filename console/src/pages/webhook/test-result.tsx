import { Alert, Code, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import classes from "./webhook.module.css";

/** What came of a test event. */
export interface TestResult {
  readonly lastStatus?: number | null;
  readonly lastError?: string | null;
  readonly lastAnswer?: string | null;
}

export function TestResultAlert({ result, close }: { result: TestResult | null; close: () => void }) {
  if (!result) return null;
  const { lastStatus, lastError, lastAnswer } = result;
  const looks = lastError
    ? { color: "red", role: "alert", icon: <IconAlertTriangle />, title: "The test event was not delivered" }
    : { color: "green", role: "status", icon: <IconCircleCheck />, title: "The test event was delivered" };
  return (
    <Alert {...looks} withCloseButton closeButtonLabel="Close the result" onClose={close}>
      <Text size="sm" c="var(--mantine-color-text)">
        {lastError ?? `The endpoint answered ${lastStatus}.`}
      </Text>
      {lastAnswer && (
        <Code block mt="xs" className={classes.text} tabIndex={0} aria-label="The answer">
          {lastAnswer}
        </Code>
      )}
    </Alert>
  );
}
