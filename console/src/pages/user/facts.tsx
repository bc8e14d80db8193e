import { Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { UserState } from "../../parts/user-state.tsx";
import { When } from "../../parts/when.tsx";
import classes from "./facts.module.css";
import type { ShownUser } from "./user-document.ts";

export const Facts = ({ user }: { user: ShownUser }) => (
  <Panel title="About">
    <dl className={classes.facts}>
      <Fact label="Id">
        <Group gap={4} wrap="nowrap">
          <Code className={classes.id}>{user.id}</Code>
          <CopyButton value={user.id} label="Copy the id" />
        </Group>
      </Fact>
      <Fact label="State">
        <Group gap={4}>
          <UserState {...user} />
        </Group>
      </Fact>
      <Fact label="Created">
        <When at={user.createdAt} />
      </Fact>
      <Fact label="Last login">
        <When at={user.lastLoginAt} />
      </Fact>
      <Fact label="Expires">
        {user.expiresAt ? (
          <>
            <When at={user.expiresAt} />, unless it becomes known
          </>
        ) : (
          "never: known users stay"
        )}
      </Fact>
      <Fact label="Former ids">
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
      </Fact>
    </dl>
  </Panel>
);

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={classes.fact}>
    <Text component="dt" size="sm" c="dimmed">
      {label}
    </Text>
    <Text component="dd" size="sm" m={0}>
      {children}
    </Text>
  </div>
);
