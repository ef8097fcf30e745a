/** The no-op function. */
export async function echo(payload: unknown): Promise<unknown> {
  return payload;
}
