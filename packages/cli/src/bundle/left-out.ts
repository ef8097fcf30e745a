/** What no bundle has, whatever ignore files say: secrets and keys first, then what tools make again. */

const NEVER_FILES: readonly RegExp[] = [
  /^\.env($|\.(?!example$|sample$|template$))/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)(\.pub)?$/,
  /^\.(netrc|pgpass|npmrc|pypirc|git-credentials|htpasswd)$/,
  /^(credentials|service[-_]account.*|client_secret.*)\.json$/,
];
const NEVER_FOLDERS = new Set([".venv", "venv", "node_modules", ".aws", ".ssh", ".gnupg", ".azure", ".kube"]);

/** Made by tools, of no use to anybody elsewhere: not even named. */
const OF_TOOLS = new Set([
  ...[".git", ".hg", ".svn", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox"],
  ...[
    ".ipynb_checkpoints",
    ".DS_Store",
    "Thumbs.db",
    ".idea",
    ".vscode",
    ".langgraph_api",
    ".mastra",
    ".next",
    ".turbo",
  ],
]);

export const isNever = (name: string, kind: "file" | "folder"): boolean =>
  kind === "folder" ? NEVER_FOLDERS.has(name) : NEVER_FILES.some((one) => one.test(name));

export const isOfTools = (name: string): boolean => OF_TOOLS.has(name) || name.endsWith(".pyc");
