import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./dialog-footer.module.css";

/** The buttons of a dialog, which stay visible while its content scrolls. */
export const DialogFooter = ({ children }: { children: ReactNode }) => (
  <Group justify="flex-end" className={classes.footer}>
    {children}
  </Group>
);
