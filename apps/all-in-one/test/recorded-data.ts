import { readdirSync, readFileSync } from 'node:fs';
import type { VendorReply, VendorsOptions } from '@trunkline/testing';

interface Exchange {
  request: { method: string; url: string; json?: unknown };
  response: VendorReply;
}

const catalog = new URL('../../../libs/catalog/connectors/', import.meta.url);
/** Accounts and days differ from one time to another. */
const shapeOf = (text: string): string => text.replace(/\d+/g, '*');

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** The last page of each pass over a stream: whoever reads it knows that nothing follows. */
const lastPages = (connector: string): Exchange[] => {
  const folder = new URL(`${connector}/fixtures/`, catalog);
  const streams = readdirSync(folder).filter((name) => !/^(tokens|verification|api-description)\.json$/.test(name));
  return streams.flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { passes: { exchanges: Exchange[] }[] }).passes.flatMap(({ exchanges }) => exchanges.at(-1) ?? []));
};

/** The platforms have the data that the catalog's fixtures show: to a request they answer what is recorded for the one most like it. */
export function recordedData(connectors: readonly string[]): NonNullable<VendorsOptions['data']> {
  const recorded = connectors.flatMap(lastPages).map(({ request, response }) => {
    const url = new URL(request.url);
    return { to: `${request.method} ${url.host}${shapeOf(url.pathname)}`, asks: shapeOf(`${url.searchParams.toString()}${JSON.stringify(request.json) ?? ''}`), response };
  });
  return ({ method, host, path, query, body }) => {
    const asks = shapeOf(`${query.toString()}${body}`);
    const alike = recorded.filter(({ to }) => to === `${method} ${host}${shapeOf(path)}`);
    return alike.toSorted((one, other) => commonStart(other.asks, asks) - commonStart(one.asks, asks))[0]?.response ?? null;
  };
}
