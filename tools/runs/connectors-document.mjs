import { Failure } from '../infra/failure.mjs';

/**
 * @typedef {import('./inspect-connector.mjs').Report} Report
 * @typedef {import('./inspect-connector.mjs').Input} Input
 * @typedef {import('./inspect-connector.mjs').StreamReport} StreamReport
 */

const ways = /** @type {Readonly<Record<string, string>>} */ ({
  OAUTH2: 'OAuth 2', SECRET_TEXT: 'API key', BASIC_AUTH: 'Basic', CUSTOM_AUTH: 'several fields', JWT_BEARER: 'JWT bearer', KEY_PAIR: 'SSH key', NO_AUTH: 'none',
});
const titles = /** @type {Readonly<Record<string, string>>} */ ({ erp: 'ERP', crm: 'CRM' });

/** Inside a table a bar would end the cell. @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {Input} input */
function inputText({ name, required, default: value, filledBy }) {
  const code = `\`${name}\``;
  if (value !== undefined) return `${code} = \`${value}\``;
  if (filledBy === 'lookup') return `${code} (looked up by OAuth)`;
  if (filledBy !== 'person') return `${code} (brought by the walk)`;
  return required ? `**${code}**` : code;
}

/** @param {StreamReport} stream */
function streamText({ name, incremental, deletions, parent }) {
  const marks = [incremental ? 'i' : '', parent === null ? '' : 'p', deletions === 'told' || deletions === 'both' ? 'd' : '', deletions === 'absence' || deletions === 'both' ? 'a' : ''].filter(Boolean);
  return `\`${name}\`${marks.length === 0 ? '' : ` ${marks.join('')}`}`;
}

/** @param {Report} report */
function connectorLine({ connector, methods, streams }) {
  const names = [connector.id, ...connector.aliases].map((name) => `\`${name}\``).join(', ');
  const connect = methods.map((method) => `${ways[method] ?? method} (\`${method}\`)`).join(', ');
  const inputs = connector.inputs.map(inputText).join(', ') || '–';
  const read = connector.discovered ? 'its tables i' : streams.map(streamText).join(', ') || '–';
  return `| ${[connector.name, names, connect, inputs, read].map(cell).join(' | ')} |`;
}

/**
 * @param {readonly Report[]} reports
 * @param {readonly string[]} categories
 */
const catalogText = (reports, categories) =>
  categories
    .map((category) => ({ category, own: reports.filter(({ connector }) => connector.category === category) }))
    .filter(({ own }) => own.length > 0)
    .map(({ category, own }) => [`## ${titles[category] ?? category}`, '', '| connector | names | ways to connect | inputs | streams |', '|---|---|---|---|---|', ...own.map(connectorLine)].join('\n'))
    .join('\n\n');

/** @param {readonly Report[]} reports */
const unconfirmedText = (reports) =>
  ['| connector | |', '|---|---|', ...reports.filter(({ unconfirmed }) => unconfirmed.length > 0).map(({ connector, unconfirmed }) => `| ${cell(connector.name)} | ${cell(unconfirmed.join(' '))} |`)].join('\n');

/**
 * The document with what is between `<!-- name:begin … -->` and `<!-- name:end -->` made anew.
 * @param {string} document
 * @param {string} name
 * @param {string} text
 */
function between(document, name, text) {
  const found = new RegExp(`(<!-- ${name}:begin[^\\n]*-->\\n)[\\s\\S]*?(\\n<!-- ${name}:end -->)`).exec(document);
  if (found === null) throw new Failure(`docs/connectors.md has no lines <!-- ${name}:begin --> and <!-- ${name}:end --> to write between`);
  return `${document.slice(0, found.index)}${found[1]}\n${text}\n${found[2]}${document.slice(found.index + found[0].length)}`;
}

/**
 * docs/connectors.md with its tables made from the catalog.
 * @param {string} document
 * @param {readonly Report[]} reports
 * @param {readonly string[]} categories
 */
export const connectorsDocument = (document, reports, categories) => between(between(document, 'catalog', catalogText(reports, categories)), 'not-confirmed', unconfirmedText(reports));
