const longest = 300;

/**
 * What a provider (or whoever wrote the URL in its name) says of an error, fit to be shown: one line of printable characters, bounded, and
 * without addresses that a mail program or chat would turn into links. It is still a stranger's text: pages must encode it and nothing may
 * be decided by it.
 */
export function providerWords(text: string | null | undefined): string | null {
  const line = (text ?? '')
    .slice(0, 10_000)
    .normalize('NFC')
    // Letters, marks, numbers, punctuation, symbols and separators; no controls, no bidirectional or invisible formatting.
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]/gu, ' ')
    .replace(/(?:\b[a-z][a-z0-9+.-]{0,20}:\/\/|\bwww\.|\b(?:mailto|javascript|data):)\S*/giu, '(address left out)')
    .replace(/[\s\p{Z}]+/gu, ' ')
    .trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
