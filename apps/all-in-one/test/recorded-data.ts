import { readdirSync, readFileSync } from 'node:fs';
import type { VendorReply, VendorsOptions } from '@trunkline/testing';

interface Exchange {
  request: { method: string; url: string; json?: unknown };
  response: VendorReply;
}

const catalog = new URL('../../../libs/catalog/connectors/', import.meta.url);
/** Accounts and days differ from one time to another. */
const shapeOf = (text: string): string => text.replace(/\d+/g, '*').replace(/\/$/, '');

const wordsOf = (text: string): ReadonlySet<string> => new Set(shapeOf(text).split(/\W+/));

/** How much two requests have in common: 1, all words of both. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared / (one.size + other.size - shared);
}

/** The last page of each pass over a stream: whoever reads it knows that nothing follows. */
const lastPages = (connector: string): Exchange[] => {
  const folder = new URL(`${connector}/fixtures/`, catalog);
  const streams = readdirSync(folder).filter((name) => !/^(tokens|verification|api-description)\.json$/.test(name));
  return streams.flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { passes: { exchanges: Exchange[] }[] }).passes.flatMap(({ exchanges }) => exchanges.slice(-1)));
};

interface Recorded {
  readonly method: string;
  /** The last two labels of the host's name: what is before them is often the account's. */
  readonly domain: string;
  readonly path: string;
  readonly asks: ReadonlySet<string>;
  readonly response: VendorReply;
}

const domainOf = (host: string): string => host.split('.').slice(-2).join('.');

/** What was recorded for this very path, or else for one that ends alike: of another account, or of another parent. */
function alike(recorded: readonly Recorded[], { method, domain, path }: Pick<Recorded, 'method' | 'domain' | 'path'>): readonly Recorded[] {
  const here = recorded.filter((one) => one.method === method && one.domain === domain);
  const same = here.filter((one) => one.path === path);
  const parts = path.split('/');
  return same.length > 0 ? same : here.filter((one) => one.path.split('/').length === parts.length && one.path.split('/').at(-1) === parts.at(-1));
}

/** The platforms have the data that the catalog's fixtures show: to a request they answer what is recorded for the one most like it. */
export function recordedData(connectors: readonly string[]): NonNullable<VendorsOptions['data']> {
  const recorded = connectors.flatMap(lastPages).map(({ request, response }): Recorded => {
    const url = new URL(request.url);
    return { method: request.method, domain: domainOf(url.host), path: shapeOf(url.pathname), asks: wordsOf(`${url.searchParams.toString()} ${JSON.stringify(request.json) ?? ''}`), response };
  });
  return ({ method, host, path, query, body }) => {
    const asks = wordsOf(`${query.toString()} ${body}`);
    const candidates = alike(recorded, { method, domain: domainOf(host), path: shapeOf(path) });
    return candidates.toSorted((one, other) => likeness(other.asks, asks) - likeness(one.asks, asks))[0]?.response ?? null;
  };
}
