import createClient, { type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch';
import { paginate, type ItemOf, type PagedPath, type QueryOf } from './paginate.js';
import { resilientFetch } from './resilient-fetch.js';
import type { paths } from './schema.js';

type Method = 'get' | 'post' | 'delete';
type PathWith<M extends Method> = { [Path in keyof paths]: paths[Path] extends Record<M, infer Operation> ? ([Operation] extends [undefined | never] ? never : Path) : never }[keyof paths];
type InitOf<Init> = undefined extends Init ? [init?: Init] : [init: Init];
type Answer<Operation, Init> = Operation extends Record<string | number, unknown> ? Exclude<FetchResponse<Operation, Init, `${string}/${string}`>['data'], undefined> : never;

/** A request by its path as the API's description has it; what is answered is the body. */
type Call<M extends Method> = <Path extends PathWith<M>, Init extends MaybeOptionalInit<paths[Path], M>>(path: Path, ...init: InitOf<Init>) => Promise<Answer<paths[Path][M], Init>>;

export interface Trunkline {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly DELETE: Call<'delete'>;
  /** Every item of a list, page after page, oldest first. */
  paginate<Path extends PagedPath>(path: Path, query?: QueryOf<Path>): AsyncGenerator<ItemOf<Path>>;
}

export type TrunklineKey =
  /** A project's or a platform's API key. */
  | { readonly apiKey: string; readonly sessionToken?: never; readonly serviceToken?: never }
  /** What a user got by signing in. */
  | { readonly sessionToken: string; readonly apiKey?: never; readonly serviceToken?: never }
  /** A key with `tokens:resolve`, for services and agents. */
  | { readonly serviceToken: string; readonly apiKey?: never; readonly sessionToken?: never };

export type TrunklineOptions = TrunklineKey & {
  /** Where the gateway answers, e.g. `https://connect.example.com`. */
  readonly baseUrl: string;
  /** The project to work in, for keys and sessions that reach several. */
  readonly projectId?: string;
  /** Instead of the runtime's own. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** How long one try may take until its answer begins, in milliseconds. Default 75,000: longer than the slowest answer there is. */
  readonly timeoutMs?: number;
  /** How many more times a request that may be repeated is tried. Default 2. */
  readonly retries?: number;
  /** The longest wait between two tries, in milliseconds. Default 30,000. */
  readonly maxWaitMs?: number;
};

function keyHeader({ apiKey, sessionToken, serviceToken }: TrunklineKey): Record<string, string> {
  const given = [apiKey, sessionToken, serviceToken].filter((key) => key !== undefined);
  if (given.length !== 1) throw new TypeError('Give exactly one of apiKey, sessionToken and serviceToken.');
  if (apiKey !== undefined) return { 'x-api-key': apiKey };
  return sessionToken !== undefined ? { authorization: `Bearer ${sessionToken}` } : { 'x-services-token': serviceToken! };
}

/** A client of one gateway. Everything but a 2xx answer is thrown as a `TrunklineError`. */
export function createTrunkline(options: TrunklineOptions): Trunkline {
  const { baseUrl, projectId, timeoutMs = 75_000, retries = 2, maxWaitMs = 30_000 } = options;
  const client = createClient<paths>({
    baseUrl,
    headers: keyHeader(options),
    // A key goes where it was meant to go: a redirect to another place is an answer like any other.
    redirect: 'manual',
    fetch: resilientFetch({ fetch: options.fetch ?? ((request) => globalThis.fetch(request)), timeoutMs, retries, maxWaitMs }),
  });
  if (projectId !== undefined) {
    client.use({
      onRequest: ({ request }) => {
        const url = new URL(request.url);
        if (url.searchParams.has('projectId')) return undefined;
        url.searchParams.set('projectId', projectId);
        return new Request(url, request);
      },
    });
  }
  const body = async (answer: Promise<{ data?: unknown }>): Promise<unknown> => (await answer).data;
  const GET = ((path: never, init?: never) => body(client.GET(path, init))) as Trunkline['GET'];
  return {
    GET,
    POST: ((path: never, init?: never) => body(client.POST(path, init))) as Trunkline['POST'],
    DELETE: ((path: never, init?: never) => body(client.DELETE(path, init))) as Trunkline['DELETE'],
    paginate: (path, query) => paginate((cursor) => GET(path as never, { params: { query: { ...query, ...cursor } } } as never), query),
  };
}
