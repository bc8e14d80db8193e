import { Alert, CloseButton, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useClient } from "urql";
import { graphql } from "../../graphql/index.ts";
import { BusyButton } from "../../parts/busy-button.tsx";
import { failureText } from "../../parts/failure.tsx";
import { useTypedText } from "../../parts/typed-text.ts";
import { useUserFilter } from "./user-filter.ts";

const FindDocument = graphql(`
  query FindUser($id: ID!) {
    user(id: $id) {
      id
    }
  }
`);

/** Finds users by id, former id (from before a merge), or the start of an email. */
export function Search() {
  const { read, write } = useUserFilter();
  const client = useClient();
  const navigate = useNavigate();
  const { text, type, settle } = useTypedText(read("email") ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const search = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const query = settle();
    setProblem(null);
    if (query === "" || query.includes("@")) {
      write({ email: query });
      return;
    }
    setBusy(true);
    const { data, error } = await client.query(
      FindDocument,
      { id: query },
      { requestPolicy: "network-only" },
    );
    setBusy(false);
    if (error) setProblem(failureText(error));
    else if (data?.user) navigate(addressOf(data.user.id, query));
    else write({ email: query });
  };
  const clear = (): void => {
    type("");
    settle();
    write({ email: null });
    input.current?.focus();
  };
  return (
    <search>
      <form onSubmit={search}>
        <Group align="flex-end" gap="xs" wrap="nowrap" mb="sm">
          <TextInput
            ref={input}
            flex={1}
            maw={520}
            label="Find a user"
            placeholder="Id, former id or email"
            type="search"
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
            leftSection={<IconSearch size={16} />}
            rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={clear} />}
            maxLength={512}
            spellCheck={false}
            autoCapitalize="none"
          />
          <BusyButton type="submit" isBusy={isBusy}>
            Find
          </BusyButton>
        </Group>
      </form>
      {problem && (
        <Alert role="alert" color="red" mb="sm">
          {problem}
        </Alert>
      )}
    </search>
  );
}

/** A former id leads to the merged user, whose page explains it. */
const addressOf = (id: string, query: string): string =>
  `/users/${encodeURIComponent(id)}${id === query ? "" : `?formerId=${encodeURIComponent(query)}`}`;
