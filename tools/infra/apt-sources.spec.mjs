import { parseDeb822Sources, parseOneLineSources, renderAptSource, sourcesForSuite } from './apt-sources.mjs';

describe("apt's sources", () => {
  it('are read in the one-line format', () => {
    const text = '# a comment\ndeb [arch=amd64 signed-by=/k.gpg check-valid-until=no] http://mirror.example/debian bookworm main contrib # more\ndeb-src http://mirror.example/debian bookworm main\n';
    expect(parseOneLineSources(text)).toEqual([
      { uri: 'http://mirror.example/debian', suites: ['bookworm'], components: ['main', 'contrib'], signedBy: '/k.gpg', checkValidUntil: 'no' },
    ]);
  });

  it('are read in the deb822 format, with keys of several lines, and without what is disabled', () => {
    const text = [
      'Types: deb deb-src',
      '# http://snapshot.example/20250520T000000Z',
      'URIs: http://one.example/debian http://two.example/debian',
      'Suites: bookworm',
      ' bookworm-updates',
      'Components: main',
      'Signed-By:',
      ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
      ' .',
      ' abc',
      '',
      'Types: deb',
      'Enabled: no',
      'URIs: http://three.example/debian',
      'Suites: sid',
      'Components: main',
    ].join('\n');
    const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc';
    const shared = { suites: ['bookworm', 'bookworm-updates'], components: ['main'], signedBy: key, checkValidUntil: null };
    expect(parseDeb822Sources(text)).toEqual([
      { ...shared, uri: 'http://one.example/debian' },
      { ...shared, uri: 'http://two.example/debian' },
    ]);
    expect(renderAptSource({ ...shared, uri: 'http://one.example/debian' }, '/unused')).toContain(`Signed-By: ${key}\n`);
  });

  const source = (/** @type {string} */ uri, suites = ['bookworm']) => ({ uri, suites, components: ['main'], signedBy: null, checkValidUntil: null });

  it('lead to another suite on the same mirror, then to the usual layout of the same server', () => {
    const found = sourcesForSuite([source('http://mirror.example/pub/linux/debian/'), source('http://mirror.example/debian-security', ['bookworm-security'])], 'trixie', 'bookworm');
    expect(found).toEqual([{ ...source('http://mirror.example/pub/linux/debian/', ['trixie']) }, { ...source('http://mirror.example/debian', ['trixie']) }]);
  });

  it('stay at the date of a snapshot, whose validity is over by intention', () => {
    const [first] = sourcesForSuite([source('http://snapshot.example/archive/debian/20250520T000000Z')], 'trixie', 'bookworm');
    expect(first).toEqual({ ...source('http://snapshot.example/archive/debian/20250520T000000Z', ['trixie']), checkValidUntil: 'no' });
  });

  it('keep the check of validity on an ordinary mirror', () => {
    const [first] = sourcesForSuite([source('http://mirror.example/debian')], 'trixie', 'bookworm');
    expect(renderAptSource(/** @type {any} */ (first), '/k.gpg')).toBe('Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\nSigned-By: /k.gpg\n');
  });

  it('leave out what is no Debian archive', () => {
    expect(sourcesForSuite([source('cdrom:[Debian]/'), source('http://mirror.example/debian', ['bookworm-security']), source('https://vendor.example/node', ['nodistro']), { ...source('https://vendor.example/apt'), components: ['stable'] }], 'trixie', 'bookworm')).toEqual([]);
  });
});
