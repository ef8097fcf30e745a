/** How `/docs` looks, by light and by dark. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e2e5ea, #2c3038); --soft: light-dark(#f6f7f9, #191c21);
  --dim: light-dark(#5d6673, #98a1ae); --get: light-dark(#0b6b50, #5fd0a8); --post: light-dark(#1d4fb8, #86b0ff);
  --delete: light-dark(#a8261c, #ff9a8f); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; background: light-dark(#fff, #111317); color: light-dark(#1b1f26, #e6e8ec); }
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
h1 { margin: 0; font-size: 1.7rem; letter-spacing: -0.02em; }
h2 { margin: 2.2rem 0 0.6rem; font-size: 1.1rem; }
h3 { margin: 1rem 0 0.3rem; font-size: 0.8rem; color: var(--dim); }
header p, small { color: var(--dim); font-weight: 400; }
a { color: var(--post); }
code, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 0.4rem 0; padding: 0 0.9rem; }
details[open] { padding-bottom: 0.9rem; }
summary { cursor: pointer; padding: 0.55rem 0; display: flex; flex-wrap: wrap; gap: 0.3rem 0.7rem; align-items: baseline; }
summary::-webkit-details-marker { display: none; }
summary span { color: var(--dim); }
summary b { min-width: 3.6rem; font-size: 0.75rem; letter-spacing: 0.04em; }
.get { color: var(--get); } .post { color: var(--post); } .delete { color: var(--delete); }
table { border-collapse: collapse; width: 100%; }
td { padding: 0.25rem 0.6rem 0.25rem 0; vertical-align: top; border-top: 1px solid var(--line); }
td:first-child { width: 13rem; }
pre { margin: 0; padding: 0.7rem 0.9rem; overflow: auto; background: var(--soft); border-radius: 6px; }
`;
