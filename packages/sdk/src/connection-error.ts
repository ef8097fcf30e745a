/** The server could not be reached, or the connection broke and could not be found again. It has no code: no server spoke. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Where to. */
  readonly url: string;

  constructor(url: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.url = url;
  }
}
