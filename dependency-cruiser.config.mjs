/**
 * The arrows of the star of hops (docs/guide/architecture.md): who may import whom. Every rule has a planted violation
 * in scripts/test/arrows.test.ts. Only sources are looked at; tests may import what they like of their own package.
 */
const HOPS = ["gateway", "scheduler", "sandbox", "build", "egress", "engine", "control"];
const ANY_PACKAGE = "^packages/";

const hopRule = (hop) => ({
  name: `hop-${hop}`,
  comment: `${hop} declares what it needs in its ports.ts and imports only the protocol; compose.ts plugs the hops together.`,
  severity: "error",
  from: { path: `^packages/server/src/${hop}/` },
  to: { path: ANY_PACKAGE, pathNot: [`^packages/server/src/${hop}/`, "^packages/protocol/src/"] },
});

const packageRule = (name, allowed, comment) => ({
  name: `package-${name}`,
  comment,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: ANY_PACKAGE, pathNot: [name, ...allowed].map((one) => `^packages/${one}/`) },
});

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or lack a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "protocol-does-no-io",
      comment: "The protocol is words: it also runs in browsers. Buffer is the one exception, for frames.",
      severity: "error",
      from: { path: "^packages/protocol/src/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?buffer$" },
    },
    {
      name: "sdk-is-fetch-only",
      comment: "The SDK runs in Node, Deno, browsers and at the edge: no built-in modules.",
      severity: "error",
      from: { path: "^packages/sdk/src/" },
      to: { dependencyTypes: ["core"] },
    },
    packageRule("protocol", [], "The protocol imports nobody of ours."),
    packageRule("sdk", ["protocol"], "The SDK knows only the protocol."),
    packageRule("playground", ["sdk"], "The page is one more caller: it knows only the SDK."),
    packageRule("worker-node", ["protocol"], "What runs beside the agent knows only the protocol."),
    packageRule("server", ["protocol"], "The server knows only the protocol; the worker is a file it is given."),
    packageRule("cli", ["protocol", "sdk", "server"], "The CLI stands on the server, the SDK and the protocol."),
    packageRule("testing", ["protocol"], "What tests share knows only the protocol."),
    ...HOPS.map(hopRule),
    {
      name: "no-testing-in-sources",
      comment: "What ships never imports what only tests need.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "^packages/testing/" },
      to: { path: ["^packages/testing/", "^packages/[^/]+/test/"] },
    },
    {
      name: "no-deep-imports",
      comment: "Another package is imported by its name, through what its `exports` offer.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "not-resolvable",
      comment: "An import that leads nowhere would hide an arrow from every other rule.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // swc is asked for no JSX: packages/playground/test/arrows.test.ts holds those files to the same rules.
    exclude: { path: ["/fixtures/", "/frameworks/agents/", "/dist/", "\\.tsx$"] },
    // TypeScript 7 offers no parser to tools; swc reads the same syntax, type-only imports included.
    parser: "swc",
    tsPreCompilationDeps: true,
    preserveSymlinks: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
