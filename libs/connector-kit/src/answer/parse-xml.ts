import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** Levels of elements. A parser that recurses ends on the stack, not on an error it can tell. */
const maxDepth = 64;

/**
 * Without entities: a document that declares none can only hold the five of XML and numbers, so nothing in it unfolds or fetches. Names without
 * their prefix: which prefix a server chooses is its own affair.
 */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  processEntities: false,
  htmlEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: maxDepth,
});

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (whole, name: string | undefined, decimal: string | undefined, hex: string | undefined) => {
        if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
        const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
        return code > 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
      })
    : text;

/** The parsed tree as plain values with no prototype's members among them, its texts unescaped once. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return unescaped(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of text.matchAll(/<[^!?][^>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) deepest = Math.max(deepest, (depth += 1));
  }
  return deepest;
}

/**
 * An XML answer as a tree: elements by local name, attributes as `@name`, text beside either as `#text`. Its size is bounded by the egress.
 *
 * @throws Error if it is not well-formed, has a DTD, or is nested too deep
 */
export function parseXml(text: string): unknown {
  const body = text.replace(/^\uFEFF/, '');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) throw new Error('has a DTD');
  if (!/^\s*</.test(body)) throw new Error('is not XML');
  if (depthOf(body) > maxDepth) throw new Error('is nested too deep');
  if (XMLValidator.validate(body) !== true) throw new Error('is not well-formed');
  return plain(parser.parse(body));
}
