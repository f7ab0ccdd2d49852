import { authMethodsOf, CatalogError, checkInputs, describeConnector, parseConnector, withDefaults } from '../index.js';
import type { Connector } from '../index.js';

const assertion = `id: acme
name: Acme
category: custom
inputs:
  - { name: host, title: Host, pattern: '^[a-z]+$' }
  - { name: delegate, title: Delegate, required: false }
base_url: https://{{inputs.host}}.acme.test/api
allowed_origins: ['https://{{inputs.host}}.acme.test']
auth:
  JWT_BEARER:
    token_url: https://{{inputs.host}}.acme.test/token
    grant: jwt_bearer
    algorithms: [PS256, ES256]
    issuer: '{{credential.client_id}}'
    fields:
      - { name: client_id, title: Client id }
    claims: { tenant: '{{inputs.host}}' }
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
verification: { request: { path: /me } }
rate_limit: { posture: None. }
latency: None.
`;
const ssh = `id: acme
name: Acme
category: custom
inputs:
  - { name: host, title: Host, pattern: '^[a-z.]+$' }
  - { name: port, title: Port, pattern: '^[0-9]+$', default: '22' }
  - { name: fingerprint, title: Fingerprint, required: false }
base_url: sftp://{{inputs.host}}:{{inputs.port}}
allowed_origins: ['sftp://{{inputs.host}}:{{inputs.port}}']
auth:
  KEY_PAIR: {}
  BASIC_AUTH: {}
verification:
  protocol: sftp
  host: '{{inputs.host}}'
  port: '{{inputs.port}}'
  host_key_fingerprint: '{{inputs.fingerprint}}'
rate_limit: { posture: None. }
latency: None.
`;
const stream = 'title: Files\nrequest: { path: /x }\nrecord_selector: { path: "" }\nprimary_key: [id]\npagination: { type: none }\n';

const parse = (text: string, streams: Record<string, string> = {}): Connector =>
  parseConnector({
    id: 'acme',
    definition: { name: 'acme/connector.yaml', text },
    streams: new Map(Object.entries(streams).map(([name, body]) => [name, { name: `acme/streams/${name}.yaml`, text: body }])),
  });
const problemsOf = (text: string, streams?: Record<string, string>): readonly string[] => {
  try {
    parse(text, streams);
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
};
/** Replaces what must be there, so that a case cannot pass by changing nothing. */
const edited = (text: string, from: string, to: string): string => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

describe('JWT_BEARER', () => {
  it('is read with its defaults', () => {
    const connector = parse(assertion);
    expect(connector.auth.JWT_BEARER).toMatchObject({ lifetimeSeconds: 300, scopeIn: 'parameter', tokenResponse: { accessToken: ['access_token'] }, tokenParams: {}, scopes: [] });
    expect(authMethodsOf(connector)).toEqual(['JWT_BEARER']);
    expect(describeConnector(connector).authMethods.map(({ type }) => type)).toEqual(['JWT_BEARER']);
  });

  it.each<[string, string, string, string]>([
    ['an unknown field', 'grant: jwt_bearer', 'grant: jwt_bearer\n    kid: x', 'acme/connector.yaml:13: auth.JWT_BEARER.kid: is not a field of the schema'],
    ['an unknown grant', 'grant: jwt_bearer', 'grant: saml', 'acme/connector.yaml:12: auth.JWT_BEARER.grant'],
    ['an algorithm that is none', 'algorithms: [PS256, ES256]', 'algorithms: [HS256]', 'acme/connector.yaml:13: auth.JWT_BEARER.algorithms.0'],
    ['an algorithm named twice', 'algorithms: [PS256, ES256]', 'algorithms: [PS256, PS256]', 'acme/connector.yaml:13: auth.JWT_BEARER.algorithms: names an algorithm twice'],
    ['no algorithm', 'algorithms: [PS256, ES256]', 'algorithms: []', 'auth.JWT_BEARER.algorithms'],
    ['a life of more than an hour', '    fields:', '    lifetime_seconds: 3601\n    fields:', 'acme/connector.yaml:15: auth.JWT_BEARER.lifetime_seconds'],
    ['a claim of the signer\'s', 'claims: { tenant:', 'claims: { exp:', 'auth.JWT_BEARER.claims.exp: is set by the signing itself'],
    ['the scope as an extra claim', 'claims: { tenant:', 'claims: { scope:', 'auth.JWT_BEARER.claims.scope: is set by the signing itself'],
    ['a parameter of the walk\'s', '    fields:', '    token_params: { assertion: x }\n    fields:', 'auth.JWT_BEARER.token_params.assertion: is set by the walk itself'],
    ['a field called like the token', 'name: client_id', 'name: access_token', 'is the name of the token that is given for the assertion'],
    ['an issuer from a field nobody declares', "issuer: '{{credential.client_id}}'", "issuer: '{{credential.client}}'", 'auth.JWT_BEARER.issuer: {{credential.client}} is not one of "fields": client_id'],
    ['the access token in what is signed', "tenant: '{{inputs.host}}'", "tenant: '{{credential.access_token}}'", 'auth.JWT_BEARER.claims.tenant: {{credential.access_token}} is not one of "fields"'],
    ['a field where the token goes', 'Bearer {{credential.access_token}}', 'Bearer {{credential.client_id}}', '{{credential.client_id}} is unknown; JWT_BEARER has access_token'],
    ['a token that goes nowhere', "    headers: { Authorization: 'Bearer {{credential.access_token}}' }\n", '', 'says nowhere where the credential goes'],
    ['an input nobody declares', "tenant: '{{inputs.host}}'", "tenant: '{{inputs.none}}'", '{{inputs.none}} is not declared'],
    ['an optional input in the token URL', 'token_url: https://{{inputs.host}}.acme.test/token', 'token_url: https://{{inputs.host}}.acme.test/{{inputs.delegate}}', 'auth.JWT_BEARER.token_url: {{inputs.delegate}} stands in a URL'],
    ['a host without a pattern', "  - { name: host, title: Host, pattern: '^[a-z]+$' }", '  - { name: host, title: Host }', 'auth.JWT_BEARER.token_url: {{inputs.host}} chooses the host'],
    ['a page variable', "tenant: '{{inputs.host}}'", "tenant: '{{page.cursor}}'", '{{page.cursor}} cannot be used here'],
  ])('refuses %s', (_, from, to, expected) => {
    const problems = problemsOf(edited(assertion, from, to));
    expect(problems.join('\n')).toContain(expected);
    expect(problems.every((problem) => /^acme\/connector\.yaml:\d+: /.test(problem))).toBe(true);
  });
});

describe('KEY_PAIR and SFTP', () => {
  it('are read', () => {
    const connector = parse(ssh);
    expect(connector.verification).toMatchObject({ protocol: 'sftp', port: { source: '{{inputs.port}}' } });
    expect(authMethodsOf(connector)).toEqual(['KEY_PAIR', 'BASIC_AUTH']);
  });

  it('take a default where nothing is given, and say that nothing need be', () => {
    const connector = parse(ssh);
    expect(checkInputs(connector, { host: 'a' }, { whole: true })).toEqual([]);
    expect(withDefaults(connector, { host: 'a', port: '' })).toEqual({ host: 'a', port: '22' });
    expect(withDefaults(connector, { host: 'a', port: '2222' })).toEqual({ host: 'a', port: '2222' });
    expect(describeConnector(connector).inputs.map(({ name, required }) => [name, required])).toEqual([['host', true], ['port', false], ['fingerprint', false]]);
  });

  it.each<[string, string, string, string]>([
    ['a key without SSH', ssh.slice(ssh.indexOf('verification:'), ssh.indexOf('rate_limit')), 'verification: { request: { url: "https://x.test/" } }\n', 'acme/connector.yaml:11: auth.KEY_PAIR: needs "verification" with "protocol: sftp"'],
    ['a way to connect that SSH does not have', '  BASIC_AUTH: {}', '  NO_AUTH: {}', 'acme/connector.yaml:12: auth.NO_AUTH: cannot be used over sftp'],
    ['fields of a key', '  KEY_PAIR: {}', '  KEY_PAIR: { fields: [] }', 'auth.KEY_PAIR.fields: is not a field of the schema'],
    ['a request beside the protocol', '  protocol: sftp', '  protocol: sftp\n  request: { path: / }', 'verification.request: is not a field of the schema'],
    ['an unknown protocol', '  protocol: sftp', '  protocol: ftp', 'acme/connector.yaml:14: verification.protocol'],
    ['no port', "  port: '{{inputs.port}}'\n", '', 'verification.port'],
    ['a server that is not allowed', "  host: '{{inputs.host}}'", '  host: elsewhere.test', 'acme/connector.yaml:15: verification.host: must begin with one of allowed_origins'],
    ['an origin with a path', "allowed_origins: ['sftp://{{inputs.host}}:{{inputs.port}}']", "allowed_origins: ['sftp://{{inputs.host}}/x']", 'acme/connector.yaml:9: allowed_origins.0: must be sftp://host'],
    ['an origin with user info', "allowed_origins: ['sftp://{{inputs.host}}:{{inputs.port}}']", "allowed_origins: ['sftp://a@{{inputs.host}}']", 'must be sftp://host'],
    ['a host without a pattern', ", pattern: '^[a-z.]+$' }", ' }', '{{inputs.host}} chooses the host'],
    ['an optional port without a default', "default: '22'", 'required: false', '{{inputs.port}} stands in a URL'],
    ['a default that does not match', "default: '22'", 'default: ssh', 'acme/connector.yaml:6: inputs.1.default: must match ^[0-9]+$'],
  ])('refuse %s', (_, from, to, expected) => {
    const problems = problemsOf(edited(ssh, from, to));
    expect(problems.join('\n')).toContain(expected);
    expect(problems.every((problem) => /^acme\/connector\.yaml:\d+: /.test(problem))).toBe(true);
  });

  it('have no streams that are read by HTTP', () => {
    expect(problemsOf(ssh, { files: stream }).join('\n')).toContain('acme/streams/files.yaml:2: request: a stream of this connector is read by sftp');
  });
});
