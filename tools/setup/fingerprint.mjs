import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} path */
export function hashOfFile(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * A fingerprint of files by name, size and time of change: reads no contents, so thousands of files take a few milliseconds.
 * @param {string} root
 * @param {readonly string[]} places files and folders relative to the root; missing ones count as missing
 * @param {(name: string) => boolean} enter whether to look into a folder of that name
 * @returns {string}
 */
export function fingerprint(root, places, enter) {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) hash.update(`${path} missing\n`);
    else if (!stat.isDirectory()) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
    else {
      for (const entry of readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!entry.isDirectory() || enter(entry.name)) visit(join(path, entry.name));
      }
    }
  };
  for (const place of places) visit(place);
  return hash.digest('hex');
}

/**
 * The projects of the workspace: folders in `apps` and `libs` with a package.json.
 * @param {string} root
 * @returns {string[]} such as `apps/gateway`
 */
export function projectFolders(root) {
  return ['apps', 'libs'].flatMap((parent) => {
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent)).sort().map((name) => `${parent}/${name}`).filter((folder) => existsSync(join(root, folder, 'package.json')));
  });
}
