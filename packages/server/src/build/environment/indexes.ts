/** uv reads none of pip's settings: those that name an index or a certificate are said again in uv's words. */
export type Variables = Readonly<Record<string, string | undefined>>;

const SAME: Readonly<Record<string, string>> = {
  UV_DEFAULT_INDEX: "PIP_INDEX_URL",
  UV_INDEX: "PIP_EXTRA_INDEX_URL",
  UV_INSECURE_HOST: "PIP_TRUSTED_HOST",
  SSL_CERT_FILE: "PIP_CERT",
};

export function indexSettings(env: Variables): Record<string, string> {
  const said: Record<string, string> = {};
  if (env.UV_INDEX_URL === undefined) {
    for (const [uv, pip] of Object.entries(SAME)) {
      const value = env[pip];
      if (value && env[uv] === undefined) said[uv] = value;
    }
  }
  return said;
}
