/**
 * @typedef {object} NatsUser
 * @property {string} user
 * @property {string} password
 * @property {readonly string[]} [publish] subjects it may publish to; without lists it may do everything
 * @property {readonly string[]} [subscribe] subjects it may subscribe to
 */

/**
 * @typedef {object} NatsSettings
 * @property {string} serverName
 * @property {number} port on the loopback interface
 * @property {string} storeDir where JetStream keeps its streams
 * @property {readonly NatsUser[]} [users] without any, everybody on this machine may connect
 * @property {'always' | string} [syncInterval] when what was acknowledged is forced to disk: `always`, or a duration such as `2m` (the server's default)
 * @property {number} [maxPayloadBytes] default 8 MiB, the largest the server takes without a warning
 * @property {string} [maxFileStore] default 64GB: only a bound. The server's own default is a part of the free disk, and a stream whose limit does not fit
 *   into it is refused although it is empty
 */

/**
 * The text of a nats-server configuration.
 * @param {NatsSettings} settings
 * @returns {string}
 */
export function renderNatsConfig({ serverName, port, storeDir, users = [], syncInterval, maxPayloadBytes = 8 * 1024 * 1024, maxFileStore = '64GB' }) {
  return [
    `server_name: ${quote(serverName)}`,
    `listen: "127.0.0.1:${port}"`,
    `max_payload: ${maxPayloadBytes}`,
    'jetstream {',
    `  store_dir: ${quote(storeDir)}`,
    `  max_file_store: ${maxFileStore}`,
    ...(syncInterval === undefined ? [] : [`  sync_interval: ${quote(syncInterval)}`]),
    '}',
    ...(users.length === 0 ? [] : ['authorization {', '  users: [', ...users.map((user) => `    ${renderUser(user)}`), '  ]', '}']),
    '',
  ].join('\n');
}

/** @param {NatsUser} user */
function renderUser({ user, password, publish, subscribe }) {
  const permissions =
    publish === undefined && subscribe === undefined ? '' : `, permissions: { publish: ${renderSubjects(publish ?? [])}, subscribe: ${renderSubjects(subscribe ?? [])} }`;
  return `{ user: ${quote(user)}, password: ${quote(password)}${permissions} }`;
}

/**
 * An empty list of allowed subjects would mean "everything": nothing is said as "deny all".
 * @param {readonly string[]} subjects
 */
function renderSubjects(subjects) {
  return subjects.length === 0 ? '{ deny: ">" }' : `{ allow: [${subjects.map(quote).join(', ')}] }`;
}

/** @param {string} text */
function quote(text) {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new Error('a NATS setting may not hold control characters');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
