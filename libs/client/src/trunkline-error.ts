/** What was refused, or did not happen. `code` is what to branch on; `UNREACHABLE` and `TIMEOUT` (status 0) are the client's own. */
export class TrunklineError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What to tell the operator: the same id is in the logs. */
  readonly requestId: string | null;

  constructor(failure: { statusCode: number; code: string; params: Readonly<Record<string, unknown>>; requestId: string | null }) {
    super(typeof failure.params.message === 'string' ? failure.params.message : failure.code);
    this.name = 'TrunklineError';
    this.statusCode = failure.statusCode;
    this.code = failure.code;
    this.params = failure.params;
    this.requestId = failure.requestId;
  }

  /** From an answer; one that is not in our form (a proxy's page) is named after its status. */
  static async from(response: Response): Promise<TrunklineError> {
    const body: unknown = await response.clone().json().catch(() => undefined);
    const { code, params, requestId } = isObject(body) ? body : {};
    return new TrunklineError({
      statusCode: response.status,
      code: typeof code === 'string' ? code : `HTTP_${response.status}`,
      params: isObject(params) ? params : { message: `The server answered ${response.status}.` },
      requestId: typeof requestId === 'string' ? requestId : response.headers.get('x-request-id'),
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
