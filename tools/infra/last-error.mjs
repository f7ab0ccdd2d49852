const serious = new Set(['error', 'fatal']);

/**
 * The line that best says why a program ended: the last JSON log line of level error or fatal, else the last plain line.
 * @param {readonly string[]} lines
 * @returns {string | null}
 */
export function lastError(lines) {
  const plain = [];
  for (const line of [...lines].reverse()) {
    const entry = parse(line);
    if (entry === null) plain.push(line);
    else if (serious.has(String(entry.level))) return sentence(entry);
    else if (plain.length > 0) break;
  }
  return explanation(plain.reverse());
}

/** @param {string} line @returns {any} */
function parse(line) {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** @param {any} entry */
function sentence(entry) {
  const cause = entry.error?.message ?? entry.err?.message;
  const what = [entry.message ?? entry.msg, cause].filter((part, index, parts) => typeof part === 'string' && part !== '' && parts.indexOf(part) === index).join(': ');
  return entry.service === undefined ? what : `${entry.service}: ${what}`;
}

/**
 * Plain text is either sentences of our own (a list of configuration problems) or an uncaught error, of which the message counts
 * and the stack does not.
 * @param {string[]} plain
 */
function explanation(plain) {
  const useful = plain.filter((line) => !/^\s+at |^Node\.js v|^\s*\^+\s*$|^node:|^file:\/\//.test(line));
  const uncaught = useful.findLastIndex((line) => /^(\w*Error|Uncaught)\b.*:/.test(line));
  const from = uncaught >= 0 ? useful.slice(uncaught, uncaught + 1) : useful.slice(-12);
  return from.length === 0 ? null : from.join('\n');
}
