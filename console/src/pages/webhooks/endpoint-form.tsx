import { Alert, Button, Checkbox, Code, Input, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { CombinedError } from "urql";
import { BusyButton } from "../../parts/busy-button.tsx";
import { DialogFooter } from "../../parts/dialog-footer.tsx";
import { failureText } from "../../parts/failure.tsx";
import type { ShownEndpoint } from "./endpoint-fields.ts";
import { eventTypes } from "./event-types.ts";

/** What an operator decides about an endpoint. */
export interface EndpointValues {
  readonly url: string;
  readonly description: string;
  /** null for all. */
  readonly types: string[] | null;
  readonly requiresReceipt: boolean;
}

export function EndpointForm({
  endpoint,
  action,
  submit,
  close,
}: {
  /** The endpoint to change; null for a new one. */
  endpoint: Pick<ShownEndpoint, "url" | "description" | "types" | "requiresReceipt"> | null;
  /** The label of the button. */
  action: string;
  submit: (values: EndpointValues) => Promise<CombinedError | undefined>;
  close: () => void;
}) {
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [description, setDescription] = useState(endpoint?.description ?? "");
  const [takesAll, setTakesAll] = useState(!endpoint?.types);
  const [types, setTypes] = useState<string[]>(endpoint?.types ?? []);
  const [requiresReceipt, setRequiresReceipt] = useState(endpoint?.requiresReceipt ?? false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isOfUrl = problem?.startsWith("The URL") ?? false;
  const hasNoType = !takesAll && types.length === 0;
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (hasNoType) {
      setProblem("Choose at least one event type, or all events.");
      return;
    }
    setBusy(true);
    setProblem(null);
    const error = await submit({
      url: url.trim(),
      description: description.trim(),
      types: takesAll ? null : types,
      requiresReceipt,
    });
    setBusy(false);
    if (error) setProblem(failureText(error).replace(/^url /, "The URL "));
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        <TextInput
          label="URL"
          type="url"
          description={
            endpoint
              ? "After a change, everything that waits goes to the new URL at once."
              : "Receives a POST request for each event. It must answer 2xx within ten seconds."
          }
          placeholder="https://notes.example.com/webhooks"
          required
          maxLength={2_000}
          value={url}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          error={isOfUrl && problem}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <TextInput
          label="Description"
          description="Shown instead of the URL, also to people who follow the deletion of their account."
          placeholder="Notes"
          maxLength={200}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
          autoComplete="off"
        />
        <Input.Wrapper label="Events" labelElement="div" role="group" aria-label="Events">
          <Checkbox
            mt={4}
            label="All events"
            description="Also of types that later versions add."
            checked={takesAll}
            onChange={({ currentTarget }) => setTakesAll(currentTarget.checked)}
          />
          {!takesAll && (
            <Checkbox.Group value={types} onChange={setTypes} mt="xs">
              <Stack gap="xs">
                {Object.entries(eventTypes).map(([type, meaning]) => (
                  <Checkbox key={type} value={type} label={<Code>{type}</Code>} description={meaning} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
        </Input.Wrapper>
        <Input.Wrapper label="Erasure" labelElement="div" role="group" aria-label="Erasure">
          <Checkbox
            mt={4}
            label="Requires a receipt"
            description={
              <>
                It must confirm each deleted, expired and merged user: that it purged or moved the user's
                data. The Erasure page shows who has not.
                {endpoint && " Applies to what happens from now on."}
              </>
            }
            checked={requiresReceipt}
            onChange={({ currentTarget }) => setRequiresReceipt(currentTarget.checked)}
          />
        </Input.Wrapper>
        {problem && !isOfUrl && (
          <Alert role="alert" color="red">
            {problem}
          </Alert>
        )}
        <DialogFooter>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <BusyButton type="submit" isBusy={isBusy}>
            {action}
          </BusyButton>
        </DialogFooter>
      </Stack>
    </form>
  );
}
