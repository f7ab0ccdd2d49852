import { spawnSync } from 'node:child_process';
import { Failure } from '../infra/failure.mjs';
import { lastError } from '../infra/last-error.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';

/**
 * One NATS user per service with the subjects its contracts give it, and the operator's user, who may do everything.
 * @param {Record<string, string>} passwords by user name
 * @param {string} [root]
 * @returns {{ services: string[], users: import('../infra/nats-config.mjs').NatsUser[] }}
 * @throws Failure if the built messaging library does not tell
 */
export function natsUsers(passwords, root = repositoryRoot) {
  const services = Object.entries(readPermissions(root)).map(([user, { publish, subscribe }]) => ({ user, password: passwordOf(passwords, user), publish, subscribe }));
  return { services: services.map(({ user }) => user), users: [...services, { user: 'operator', password: passwordOf(passwords, 'operator') }] };
}

/**
 * In a process of its own: the library brings a framework along that this process has no other use for.
 * @param {string} root
 * @returns {Record<string, { publish: string[], subscribe: string[] }>}
 */
function readPermissions(root) {
  const script = `const { natsPermissions } = await import('@trunkline/messaging'); process.stdout.write(JSON.stringify(natsPermissions ?? null));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
  const permissions = status === 0 ? JSON.parse(stdout) : null;
  if (permissions !== null) return permissions;
  const why = status === 0 ? 'it exports no natsPermissions' : (lastError(stderr.split('\n').filter((line) => line.trim() !== '')) ?? 'it cannot be loaded');
  throw new Failure(`The NATS permissions of the services cannot be read from the built @trunkline/messaging: ${why}`);
}

/**
 * @param {Record<string, string>} passwords
 * @param {string} user
 */
function passwordOf(passwords, user) {
  const password = passwords[user];
  if (password === undefined) throw new Failure(`There is no NATS password for the service ${user}: its name is missing in tools/infra/secrets.mjs.`);
  return password;
}
