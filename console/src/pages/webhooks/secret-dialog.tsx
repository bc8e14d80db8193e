import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { SecretOnce } from "../../parts/secret-once.tsx";

interface SecretDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  /** Shown instead of the children once there is one. */
  readonly secret: string | null;
  /** What to do with the secret. */
  readonly hint: string;
  readonly children: ReactNode;
}

/** A dialog that ends with a signing secret, which cannot be shown again: then only its button closes it. */
export const SecretDialog = ({ title, isOpen, close, secret, hint, children }: SecretDialogProps) => (
  <Modal
    opened={isOpen}
    onClose={close}
    title={title}
    centered
    size="lg"
    closeOnClickOutside={secret === null}
    closeOnEscape={secret === null}
    withCloseButton={secret === null}
    closeButtonProps={{ "aria-label": "Close" }}
  >
    {secret === null ? (
      children
    ) : (
      <SecretOnce noun="signing secret" secret={secret} close={close}>
        It is shown only once. {hint}
      </SecretOnce>
    )}
  </Modal>
);
