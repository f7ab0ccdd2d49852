import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
fieldset { border: 1px solid #8888; border-radius: .4rem; margin: 1rem 0; padding: .6rem 1rem; }
label { display: block; padding: .25rem 0; }
button { font: inherit; padding: .5rem 1.4rem; margin: .5rem .5rem 0 0; border-radius: .4rem; border: 1px solid #8888; cursor: pointer; }
button[value=allow] { background: #1a5fb4; color: #fff; border-color: #1a5fb4; }
`;

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Headers of every page: nothing but its own inline style, no framing, no trace in caches or referrers. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'; frame-ancestors 'none'`,
};

/** A whole page. `body` is HTML; `title` is text. */
export function htmlPage({ title, body }: { title: string; body: string }): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Trunkline sandbox</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
