import type { AppError } from '@trunkline/service';
import { html, pageShell } from './page-shell.js';

/** A failure as a person reads it. */
export function errorPage(error: AppError): string {
  const title = error.code === 'CONNECT_LINK_INVALID' ? 'This link does not work' : 'Not connected';
  return pageShell(title, html`<h1>${title}</h1><p>${error.params.message}</p>`);
}
