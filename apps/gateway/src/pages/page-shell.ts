const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand between tags and between the quotes of an attribute. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character]!);

/** HTML that was made here. Whatever else is put into a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Part[];

const written = (part: Part): string => {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(written).join('') : escapeHtml(String(part));
};

/** HTML with values in it: each value is escaped unless it is {@link Html}, so that nothing can be forgotten. Attributes must be quoted. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(texts.map((text, index) => text + (index < parts.length ? written(parts[index]!) : '')).join(''));

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #566173; --ground: #f4f5f7; --card: #fff; --line: #c9cfd8; --accent: #1f5fd6; --bad: #b3261e; --bad-ground: #fdecea }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a5afbd; --ground: #14181e; --card: #1d232c; --line: #465162; --accent: #7fa9ff; --bad: #ffb4ab; --bad-ground: #3b1f1d } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink) }
main { background: var(--card); padding: 2rem 2.5rem; border-radius: 12px; width: 100%; max-width: 30rem; box-shadow: 0 1px 4px rgb(0 0 0 / 12%); overflow-wrap: anywhere }
h1 { font-size: 1.25rem; line-height: 1.35; margin: 0 0 .75rem }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--line) }
p { margin: 0 0 .75rem }
.soft { color: var(--soft); font-size: .9rem }
.logo { width: 40px; height: 40px; display: block; margin-bottom: .75rem }
.alert { background: var(--bad-ground); color: var(--bad); padding: .75rem 1rem; border-radius: 8px; margin: 0 0 1rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 0 1rem; font-size: .95rem }
dt { color: var(--soft) }
dd { margin: 0 }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem }
input, textarea { font: inherit; width: 100%; padding: .5rem .65rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit }
textarea { font-family: ui-monospace, monospace; font-size: .85rem; min-height: 8rem }
[aria-invalid=true] { border-color: var(--bad) }
.problem { color: var(--bad); font-size: .9rem; margin: .25rem 0 0 }
.hint { color: var(--soft); font-size: .85rem; margin: .25rem 0 0 }
button { font: inherit; font-weight: 600; margin-top: 1.25rem; padding: .65rem 1.25rem; border: 0; border-radius: 8px; background: var(--accent); color: var(--card); cursor: pointer; width: 100% }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
ul.choices { list-style: none; margin: 0; padding: 0 }
ul.choices a { display: flex; align-items: center; gap: .75rem; padding: .65rem .75rem; border: 1px solid var(--line); border-radius: 8px; margin-bottom: .5rem; color: inherit; text-decoration: none; font-weight: 600 }
ul.choices .logo { margin: 0; width: 28px; height: 28px }
`;

/** A page of ours: no script, no third party, nothing that is not in it. */
export const pageShell = (title: string, body: Html): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>${body.text}</main></body>
</html>
`;
