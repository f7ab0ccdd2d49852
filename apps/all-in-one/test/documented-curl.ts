/**
 * Runs a curl line as a reference prints it: the words are taken apart as a shell would, `-X`, `-H` and `-d` mean what they mean to
 * curl. Host and key are the only things that change, as the references promise.
 */
export async function runCurl(line: string, { baseUrl, replace }: { baseUrl: string; replace: Readonly<Record<string, string>> }) {
  const text = Object.entries(replace).reduce((all, [from, to]) => all.replaceAll(from, to), line);
  const words = shellWords(text.trim().replace(/^curl\s+/, ''));
  const headers = new Headers();
  let url: URL | undefined;
  let method: string | undefined;
  let body: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === '-X') method = words[(index += 1)];
    else if (word === '-H') {
      const [name, value] = splitOnce(words[(index += 1)] ?? '', ':');
      headers.set(name.trim(), value.trim());
    } else if (word === '-d') body = words[(index += 1)];
    else if (!word.startsWith('-')) url = new URL(word);
    else throw new Error(`The line uses ${word}, which is not understood here`);
  }
  if (url === undefined) throw new Error('The line names no address');
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded');
  const response = await fetch(`${baseUrl}${url.pathname}${url.search}`, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body, redirect: 'manual' });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: (answer === '' ? null : JSON.parse(answer)) as never };
}

const splitOnce = (text: string, at: string): [string, string] => [text.slice(0, text.indexOf(at)), text.slice(text.indexOf(at) + 1)];

/** Words of a command line: quotes of both kinds, and a backslash at the end of a line (or before a space, as flattened in print). */
function shellWords(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'\\]+)|\\\s/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare)
    .filter((word) => word !== undefined);
}
