/** Vendors' own API descriptions (OpenAPI 3): which operation a request is, and the excerpt of a document that some operations need. */

/** @typedef {{ paths: Record<string, Record<string, any>>, servers?: { url: string }[], [member: string]: any }} ApiDescription */

const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);

/**
 * The path template a URL's path fits; one with fewer placeholders before one with more, as OpenAPI 3 §4.8.8.2 has it.
 * @param {ApiDescription} description
 * @param {string} method
 * @param {string} url
 * @returns {string | null}
 */
export function templateFor(description, method, url) {
  const { origin, pathname } = new URL(url);
  const bases = (description.servers ?? []).map((server) => new URL(server.url)).filter((server) => server.origin === origin);
  const fitting = Object.keys(description.paths).filter((template) => {
    if (description.paths[template]?.[method.toLowerCase()] === undefined) return false;
    const pattern = template.split(/\{[^}]+\}/).map((text) => text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)).join('[^/]+');
    return bases.some((base) => new RegExp(`^${base.pathname.replace(/\/$/, '')}${pattern}/?$`).test(pathname));
  });
  const placeholders = (/** @type {string} */ template) => template.split('{').length;
  return fitting.sort((a, b) => placeholders(a) - placeholders(b))[0] ?? null;
}

/**
 * As much of a document as these operations need: the operations and every schema they lead to.
 * @param {ApiDescription} description
 * @param {readonly { template: string, method: string }[]} operations
 * @returns {ApiDescription}
 */
export function excerpt(description, operations) {
  /** @type {ApiDescription} */
  const kept = { openapi: description.openapi, info: { title: description.info.title, version: description.info.version }, servers: description.servers, paths: {} };
  const wanted = new Set();
  const follow = (/** @type {unknown} */ value) => {
    if (Array.isArray(value)) return value.forEach(follow);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (name === '$ref' && typeof member === 'string') reference(member);
      else follow(member);
    }
  };
  const reference = (/** @type {string} */ pointer) => {
    if (!pointer.startsWith('#/') || wanted.has(pointer)) return;
    wanted.add(pointer);
    const names = pointer.slice(2).split('/').map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
    const target = plain(names.reduce((at, name) => at[name], /** @type {any} */ (description)));
    let place = /** @type {any} */ (kept);
    for (const name of names.slice(0, -1)) place = place[name] ??= {};
    place[/** @type {string} */ (names.at(-1))] = target;
    follow(target);
  };
  for (const { template, method } of [...operations].sort((a, b) => (a.template + a.method < b.template + b.method ? -1 : 1))) {
    const item = /** @type {Record<string, any>} */ (description.paths[template]);
    const shared = Object.fromEntries(Object.entries(item).filter(([name]) => !methods.has(name)));
    const { parameters, requestBody, responses } = item[method.toLowerCase()];
    const operation = plain({ ...(parameters && { parameters }), ...(requestBody && { requestBody }), responses: successes(responses) });
    kept.paths[template] = { ...kept.paths[template], ...plain(shared), [method.toLowerCase()]: operation };
    follow(kept.paths[template]);
  }
  return kept;
}

/** @param {Record<string, unknown>} responses */
const successes = (responses) => Object.fromEntries(Object.entries(responses).filter(([status]) => /^2/.test(status)));

/** Without what is for people and for other tools. @param {any} value @returns {any} */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A property may be called "description"; then its value is a schema.
      .filter(([name, member]) => !(['description', 'summary', 'externalDocs', 'title'].includes(name) && typeof member === 'string') && !['example', 'examples'].includes(name) && !name.startsWith('x-'))
      .map(([name, member]) => [name, plain(member)]),
  );
}
