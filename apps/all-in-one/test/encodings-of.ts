/** The forms in which a secret may hide in bytes: searching for one of them alone would find one way to leak. */
export function encodingsOf(secret: string): Readonly<Record<string, Buffer>> {
  const bytes = Buffer.from(secret, 'utf8');
  /** Within a longer base64 text the secret begins at one of three places in a group; what depends on its neighbours is cut off. */
  const base64At = (offset: number) =>
    Buffer.from(
      Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .replace(/=+$/, '')
        .slice(offset === 0 ? 0 : offset + 1)
        .slice(0, -3),
    );
  const url = (text: Buffer) => Buffer.from(text.toString().replaceAll('+', '-').replaceAll('/', '_'));
  return {
    plain: bytes,
    'base64 +0': base64At(0),
    'base64 +1': base64At(1),
    'base64 +2': base64At(2),
    'base64url +0': url(base64At(0)),
    'base64url +1': url(base64At(1)),
    'base64url +2': url(base64At(2)),
    hex: Buffer.from(bytes.toString('hex')),
    'hex in capitals': Buffer.from(bytes.toString('hex').toUpperCase()),
    percent: Buffer.from(encodeURIComponent(secret)),
    form: Buffer.from(new URLSearchParams({ s: secret }).toString().slice(2)),
    json: Buffer.from(JSON.stringify(secret).slice(1, -1)),
    'json in json': Buffer.from(JSON.stringify(JSON.stringify(secret)).slice(3, -3)),
    'utf-16': Buffer.from(secret, 'utf16le'),
    backwards: Buffer.from([...secret].reverse().join('')),
  };
}

/** Which of the encodings of which secret are in these bytes. */
export function leaksIn(artefact: Buffer, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(encodingsOf(secret))
      .filter(([, form]) => form.length >= 8 && artefact.includes(form))
      .map(([encoding]) => `${name} (${encoding})`),
  );
}
