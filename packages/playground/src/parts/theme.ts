/** Light or dark: as the system says, until somebody chooses; the choice stays in this browser. */
import { signal } from "@preact/signals";

export type Theme = "light" | "dark";

const KEY = "runagent-theme";

export const theme = signal<Theme>("light");

export function applyTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = stored();
  if (chosen !== null) document.documentElement.dataset.theme = chosen;
  theme.value = chosen ?? (dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => {
    if (stored() === null) theme.value = dark.matches ? "dark" : "light";
  });
}

export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme.value;
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
}

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}
