/**
 * Bytes that two different lists of parts can never share: a label, then each part behind its length. Without the lengths the contexts
 * (`ab`, `c`) and (`a`, `bc`) would seal alike. Pure.
 *
 * @throws TypeError when a part is empty or has a lone surrogate (those all become U+FFFD in UTF-8, so two contexts could be one)
 */
export function associatedData(label: string, parts: readonly (readonly [name: string, value: string])[], version: number): Buffer {
  let size = label.length + 4;
  for (const [name, value] of parts) {
    if (typeof value !== 'string' || value === '' || loneSurrogate.test(value)) {
      throw new TypeError(`the vault needs ${name} to be a well-formed string that is not empty`);
    }
    size += 4 + Buffer.byteLength(value);
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.write(label, 0, 'latin1');
  for (const [, value] of parts) {
    const length = bytes.write(value, at + 4, 'utf8');
    bytes.writeUInt32BE(length, at);
    at += 4 + length;
  }
  bytes.writeUInt32BE(version, at);
  return bytes;
}

/** With the u flag \p{Cs} matches only surrogates that are not part of a pair. */
export const loneSurrogate = /\p{Cs}/u;
