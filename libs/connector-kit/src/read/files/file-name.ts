/** True for a name that cannot lead out of its directory and that is not hidden. What a server calls its files is not to be trusted. */
export const isPlainName = (name: string): boolean => name.length > 0 && name.length <= 255 && !name.startsWith('.') && !/[/\\\u0000-\u001f\u007f]/.test(name);

/** True if the name is as the pattern says: `*` for any characters, `?` for one. In time of the product of their lengths, whatever they are. */
export function fitsGlob(pattern: string, name: string): boolean {
  let [at, place, star, retry] = [0, 0, -1, 0];
  while (place < name.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      retry = place;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[place])) {
      at += 1;
      place += 1;
    } else if (star !== -1) {
      at = star + 1;
      retry += 1;
      place = retry;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
