/** Ctrl+Enter, and what a Mac has for it, runs: from anywhere on the page, but for a form that takes it for itself. */
import { useEffect } from "preact/hooks";

export const isRunKey = (event: KeyboardEvent): boolean => event.key === "Enter" && (event.ctrlKey || event.metaKey);

export function useRunKey(run: () => Promise<void>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!isRunKey(event)) return;
      event.preventDefault();
      void run();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}
