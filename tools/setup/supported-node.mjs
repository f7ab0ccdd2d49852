// Read by whatever Node the machine has, even a very old one: only old syntax here, and nothing imported.

/** Oldest Node this repository supports. */
export const oldestNode = '20.19.0';

/**
 * True if this Node is new enough. If not, says so in one line and sets a failing exit code.
 * @param {string} [version] default: the running one
 * @returns {boolean}
 */
export function supportedNode(version) {
  const running = version || process.versions.node;
  const have = running.split('.').map(Number);
  const need = oldestNode.split('.').map(Number);
  for (let part = 0; part < need.length; part += 1) {
    const difference = (have[part] || 0) - (need[part] || 0);
    if (difference > 0) return true;
    if (difference < 0) {
      process.stderr.write('Trunkline needs Node ' + oldestNode + ' or newer; this is Node ' + running + '. Install a newer Node and run the command again.\n');
      process.exitCode = 1;
      return false;
    }
  }
  return true;
}
