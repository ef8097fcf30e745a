/** Ctrl+Enter, and what a Mac has for it, runs. */
export const isRunKey = (event: KeyboardEvent): boolean => event.key === "Enter" && (event.ctrlKey || event.metaKey);
