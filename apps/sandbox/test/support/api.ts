export interface Answer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests look into many shapes
  body: any;
}

/** One call of an API with JSON both ways. */
export async function call(url: string, path: string, init: { method?: string; headers?: Record<string, string>; json?: unknown } = {}): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method: init.method ?? 'GET',
    headers: { ...(init.json === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
    body: init.json === undefined ? undefined : JSON.stringify(init.json),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

export const API_KEY = { 'x-api-key': 'sandbox-api-key' };

/** Calls the CRM API with the default API key. */
export const crm = (url: string, path: string, init: { method?: string; json?: unknown } = {}) => call(url, `/crm/v1/${path}`, { ...init, headers: API_KEY });

/** Calls the control API. */
export const control = (url: string, method: string, path: string, json?: unknown) =>
  call(url, `/_control/${path}`, { method, json, headers: { 'x-sandbox-control': '1' } });

export const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
