import { html, pageShell } from '../pages/page-shell.js';

/** The page a person sees after consent when nobody said where to go: no code or token in it. */
export const resultPage = (title: string, text: string): string => pageShell(title, html`<h1>${title}</h1><p>${text}</p>`);
