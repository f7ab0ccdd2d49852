import { listOf, objectOf, textOf, type Document } from './document.js';

export interface DraftedServer {
  readonly baseUrl: string;
  readonly origin: string;
}

const placeholder = 'https://api.example.com';

/** Where the API is: the first server that is one. */
export function draftServer(document: Document, notes: string[]): DraftedServer {
  const servers = listOf(document.root['servers']).map(objectOf);
  if (servers.length > 1) notes.push(`The document names ${servers.length} servers; the first is taken.`);
  const written = textOf(servers[0]?.['url']);
  const filled = written?.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => textOf(objectOf(objectOf(servers[0]?.['variables'])[name])['default']) ?? name);
  if (written !== filled) notes.push(`base_url: the server's variables were filled with their defaults (${written}); make inputs of those that differ from account to account.`);
  const url = filled !== undefined && URL.canParse(filled) ? new URL(filled) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.host === '') {
    notes.push(`base_url: the document does not say where the API is; ${placeholder} stands in its place.`);
    return { baseUrl: placeholder, origin: placeholder };
  }
  if (url.protocol === 'http:') notes.push('base_url: the server is named with http, which no credential is sent over; https is taken.');
  const origin = `https://${url.host}`;
  const path = url.pathname.split('/').filter((part) => part !== '' && !/^(?:\.|%2e){1,2}$/i.test(part) && !/[\s\\#{}]/.test(part)).join('/');
  return { origin, baseUrl: path === '' ? origin : `${origin}/${path}` };
}
