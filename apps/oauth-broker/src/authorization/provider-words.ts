const longest = 200;

/**
 * What a provider (or whoever wrote the URL in its name) says of an error, fit to be shown: one line of printable characters, bounded.
 * It is still a stranger's text: pages must encode it and nothing may be decided by it.
 */
export function providerWords(text: string | null | undefined): string | null {
  const line = (text ?? '')
    .normalize('NFC')
    // Letters, marks, numbers, punctuation, symbols and separators; no controls, no bidirectional or invisible formatting.
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]/gu, ' ')
    .replace(/[\s\p{Z}]+/gu, ' ')
    .trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
