/** 2^53 has sixteen digits: shorter integers are always exact. */
const exactDigits = 16;

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
/** Whitespace between tokens: space, tab, line feed, carriage return. */
const isSpace = (code: number) => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
const isWord = (code: number) => isDigit(code) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;

/** A run of digits, with the minus before it. */
interface Literal {
  readonly start: number;
  readonly end: number;
}

/** True if an integer can stand between these two characters (NaN: the text's ends). */
const fitsBetween = (before: number, after: number) =>
  (Number.isNaN(before) || isSpace(before) || before === 0x3a || before === 0x2c || before === 0x5b) &&
  (Number.isNaN(after) || isSpace(after) || after === 0x2c || after === 0x7d || after === 0x5d);

/**
 * The first run of sixteen and more digits from a place on that stands where JSON can have an integer; null if there is none. Such a
 * run covers one of any sixteen places, so only every sixteenth character is looked at: that costs a few microseconds a page, where
 * a regular expression takes half as long as parsing.
 */
function longIntegerFrom(json: string, from: number): Literal | null {
  for (let probe = from + exactDigits - 1; probe < json.length; probe += exactDigits) {
    if (!isDigit(json.charCodeAt(probe))) continue;
    let start = probe;
    while (isDigit(json.charCodeAt(start - 1))) start -= 1;
    let end = probe + 1;
    while (isDigit(json.charCodeAt(end))) end += 1;
    probe = end;
    if (end - start < exactDigits) continue;
    if (json[start - 1] === '-') start -= 1;
    if (fitsBetween(json.charCodeAt(start - 1), json.charCodeAt(end))) return { start, end };
  }
  return null;
}

/**
 * True if what stands before is `x":` with a letter or digit for x. A quote behind such a character closes a string (one that opens
 * stands behind `{`, `[`, `,`, `:` or a space), so the number is a member's value. Saves counting all quotes of the page.
 */
function followsName(json: string, start: number): boolean {
  let index = start - 1;
  while (isSpace(json.charCodeAt(index))) index -= 1;
  return json[index] === ':' && json[index - 1] === '"' && isWord(json.charCodeAt(index - 2));
}

/** Where the string that opens at `open` closes, or the end of the text. */
function closingQuote(json: string, open: number): number {
  let close = open;
  for (;;) {
    close = json.indexOf('"', close + 1);
    if (close === -1) return json.length;
    let backslashes = 0;
    while (json[close - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return close;
  }
}

/** Puts integers a double cannot hold into quotes, and leaves what is inside of strings alone. */
function quoteLongIntegers(json: string): string {
  let quoted = '';
  let copied = 0;
  let outside = 0;
  const isInString = (start: number) => {
    let open = json.indexOf('"', outside);
    while (open !== -1 && open < start) {
      outside = closingQuote(json, open) + 1;
      open = json.indexOf('"', outside);
    }
    return outside > start;
  };
  for (let found = longIntegerFrom(json, 0); found !== null; found = longIntegerFrom(json, found.end)) {
    const { start, end } = found;
    const literal = json.slice(start, end);
    if (Number.isSafeInteger(Number(literal)) || (!followsName(json, start) && isInString(start))) continue;
    quoted += `${json.slice(copied, start)}"${literal}"`;
    copied = end;
  }
  return copied === 0 ? json : quoted + json.slice(copied);
}

/**
 * `JSON.parse` that keeps whole numbers whole: an integer beyond ±(2^53 − 1) becomes a string with the same digits, where plain
 * parsing would hand out another number (and so another record's id). Throws SyntaxError like it.
 */
export const parseJson = (json: string): unknown => JSON.parse(quoteLongIntegers(json));
