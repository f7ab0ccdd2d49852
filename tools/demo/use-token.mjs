import { Failure } from '../infra/failure.mjs';

/**
 * Asks for a usable token, as a service would, and for a fresh one.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {{ apiKey: string }} options
 * @returns {Promise<{ lifeSeconds: number | null, refreshes: number }>} the life of the token after the refresh; null: it does not expire
 */
export async function useToken(http, { apiKey }) {
  const resolved = await http.call('/api/connectors/sandbox_crm/token', { method: 'POST', headers: { 'x-services-token': apiKey }, json: {} });
  if (typeof resolved?.token !== 'string' || resolved.token === '') throw new Failure('The token call answered without a token');
  const refreshed = await http.call('/api/connectors/sandbox_crm/refresh', { method: 'POST', headers: { 'x-api-key': apiKey }, json: {} });
  if (refreshed?.refreshed !== true) throw new Failure('The refresh call did not refresh the token');
  const expiresAt = refreshed.expiresAt ?? null;
  return { lifeSeconds: expiresAt === null ? null : Math.round((Date.parse(expiresAt) - Date.now()) / 1_000), refreshes: 1 };
}
