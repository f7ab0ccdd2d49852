import type { Connector } from '@trunkline/catalog';
import type { Egress } from '@trunkline/egress';

/** What was asked, as far as it may be shown. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
}

/** A way out that remembers what was asked last. What a credential is placed in is not shown. */
export interface WatchedEgress extends Egress {
  last(): AskedRequest | null;
}

export function watchEgress(egress: Egress, connector: Connector): WatchedEgress {
  const hidden = new Set(Object.values(connector.auth).flatMap((method) => ('query' in method ? Object.keys(method.query) : [])));
  let asked: AskedRequest | null = null;
  return {
    ...egress,
    request: (wanted) => {
      asked = { method: wanted.method ?? 'GET', url: withoutSecrets(wanted.url, hidden) };
      return egress.request(wanted);
    },
    last: () => asked,
  };
}

function withoutSecrets(text: string, hidden: ReadonlySet<string>): string {
  if (!URL.canParse(text)) return '';
  const url = new URL(text);
  for (const name of hidden) if (url.searchParams.has(name)) url.searchParams.set(name, '…');
  return url.href;
}
