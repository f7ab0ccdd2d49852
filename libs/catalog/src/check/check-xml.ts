import type { Template } from '../template/template.js';

/**
 * What is wrong with an XML body, or null. A variable stands in an element's text or in a quoted attribute, where escaping keeps it: inside a
 * tag, a comment or CDATA there is no such escape. Entities and DTDs are not sent either.
 */
export function xmlProblem({ parts }: Template): string | null {
  const text = parts.map((part) => (typeof part === 'string' ? part : '\u0001')).join('');
  if (text.replace(/^\s*<\?xml\b[^?]*\?>/, '').includes('<?')) return 'must not hold processing instructions';
  if (text.includes('<!')) return 'must not hold comments, CDATA or a DTD';
  let inTag = false;
  let quote = '';
  for (const character of text) {
    if (character === '\u0001') {
      if (inTag && quote === '') return 'a variable can only stand in an element\'s text or in a quoted attribute';
    } else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (inTag && (character === '"' || character === "'")) {
      quote = character;
    } else if (character === '<') {
      if (inTag) return 'has a "<" inside a tag';
      inTag = true;
    } else if (character === '>') {
      inTag = false;
    }
  }
  return inTag ? 'has a "<" that is not closed' : null;
}
