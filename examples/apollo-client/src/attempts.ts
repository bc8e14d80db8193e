import { PasserbyError } from "@passerby/client";
import { useState, useTransition } from "react";
import { explainError } from "./explain.ts";

/** Runs actions one at a time and stores the error message. */
export function useAttempts(onError?: (code: string) => void) {
  const [isPending, startTransition] = useTransition();
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (act: () => Promise<unknown>): void =>
    startTransition(async () => {
      setProblem(null);
      try {
        await act();
      } catch (error) {
        setProblem(explainError(error));
        if (error instanceof PasserbyError) onError?.(error.code);
      }
    });
  return { isPending, problem, attempt };
}
