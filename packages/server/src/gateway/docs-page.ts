export function docsPage(_agents: unknown): string {
  return "<!doctype html>";
}
