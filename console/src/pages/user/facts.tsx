import { Code, Group, Stack, Text } from "@mantine/core";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Term } from "../../parts/term.tsx";
import { UserState } from "../../parts/user-state.tsx";
import { When } from "../../parts/when.tsx";
import classes from "./facts.module.css";
import type { ShownUser } from "./user-document.ts";

export const Facts = ({ user }: { user: ShownUser }) => (
  <Panel title="Details">
    <dl className={classes.facts}>
      <Term className={classes.fact} label="Id">
        <Group gap={4} wrap="nowrap">
          <Code className={classes.id}>{user.id}</Code>
          <CopyButton value={user.id} label="Copy the id" />
        </Group>
      </Term>
      <Term className={classes.fact} label="State">
        <Group gap={4}>
          <UserState {...user} />
        </Group>
      </Term>
      <Term className={classes.fact} label="Created">
        <When at={user.createdAt} />
      </Term>
      <Term className={classes.fact} label="Last login">
        <When at={user.lastLoginAt} />
      </Term>
      <Term className={classes.fact} label="Expires">
        {user.expiresAt ? (
          <>
            <When at={user.expiresAt} />, unless the user becomes permanent
          </>
        ) : (
          "never (permanent user)"
        )}
      </Term>
      <Term className={classes.fact} label="Former ids">
        {user.formerIds.length === 0 ? (
          <Text span inherit c="dimmed">
            none
          </Text>
        ) : (
          <Stack gap={2}>
            {user.formerIds.map((id) => (
              <Code key={id} className={classes.id}>
                {id}
              </Code>
            ))}
          </Stack>
        )}
      </Term>
    </dl>
  </Panel>
);
