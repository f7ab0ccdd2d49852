import type { Problem } from '../load/yaml-file.js';
import type { AuthMethods } from '../schema/auth-schema.js';
import type { Connector } from '../schema/connector-schema.js';
import type { Template } from '../template/template.js';

/** What a credential of each kind has inside, by the name `{{credential.…}}` uses. */
function credentialNames(method: keyof AuthMethods, methods: AuthMethods): readonly string[] {
  switch (method) {
    case 'OAUTH2':
      return ['access_token'];
    case 'SECRET_TEXT':
      return ['secret_text'];
    case 'BASIC_AUTH':
      return ['username', 'password'];
    case 'CUSTOM_AUTH':
      return methods.CUSTOM_AUTH?.fields.map((field) => field.name) ?? [];
    case 'JWT_BEARER':
      return ['access_token'];
    case 'KEY_PAIR':
    case 'NO_AUTH':
      return [];
  }
}

/** The texts of a method that place the credential, with their place in the file. */
function placements(method: keyof AuthMethods, methods: AuthMethods): [PropertyKey[], Template][] {
  if (method === 'NO_AUTH' || method === 'KEY_PAIR') return [];
  if (method === 'BASIC_AUTH') {
    const basic = methods.BASIC_AUTH!;
    return [
      [['auth', method, 'username'], basic.username],
      [['auth', method, 'password'], basic.password],
    ];
  }
  const { headers, query } = methods[method]!;
  const basic = method === 'SECRET_TEXT' ? methods.SECRET_TEXT?.basic : undefined;
  return [
    ...Object.entries(basic ?? {}).map(([name, value]): [PropertyKey[], Template] => [['auth', method, 'basic', name], value]),
    ...Object.entries(headers).map(([name, value]): [PropertyKey[], Template] => [['auth', method, 'headers', name], value]),
    ...Object.entries(query).map(([name, value]): [PropertyKey[], Template] => [['auth', method, 'query', name], value]),
  ];
}

function checkMethod(method: keyof AuthMethods, methods: AuthMethods): Problem[] {
  const names = credentialNames(method, methods);
  const placed = placements(method, methods);
  const used = placed.flatMap(([path, template]) => template.variables.filter(({ space }) => space === 'credential').map(({ name }) => ({ path, name })));
  const unknown = used
    .filter(({ name }) => !names.includes(name))
    .map(({ path, name }) => ({ path, message: `{{credential.${name}}} is unknown; ${method} has ${names.join(', ')}` }));
  const placesNothing = method === 'NO_AUTH' || method === 'KEY_PAIR';
  const unused = !placesNothing && used.length === 0 ? [{ path: ['auth', method], message: 'says nowhere where the credential goes (headers or query)' }] : [];
  return [...unknown, ...unused];
}

/** The claims and parameters of an assertion come from its fields; the access token is what it is given for. */
function checkAssertion({ JWT_BEARER: method }: AuthMethods): Problem[] {
  if (method === undefined) return [];
  const names = method.fields.map(({ name }) => name);
  const texts: [PropertyKey[], Template | undefined][] = [
    [['issuer'], method.issuer],
    [['subject'], method.subject],
    [['audience'], method.audience],
    [['key_id'], method.keyId],
    ...Object.entries(method.claims).map(([name, value]): [PropertyKey[], Template] => [['claims', name], value]),
    ...Object.entries(method.tokenParams).map(([name, value]): [PropertyKey[], Template] => [['token_params', name], value]),
  ];
  const unknown = texts.flatMap(([path, template]) =>
    (template?.variables ?? [])
      .filter(({ space, name }) => space === 'credential' && !names.includes(name))
      .map(({ name }) => ({ path: ['auth', 'JWT_BEARER', ...path], message: `{{credential.${name}}} is not one of "fields"${names.length > 0 ? `: ${names.join(', ')}` : ''}` })),
  );
  const twice = names.flatMap((name, index) => (names.indexOf(name) === index ? [] : [{ path: ['auth', 'JWT_BEARER', 'fields', index, 'name'], message: `"${name}" is declared twice` }]));
  return [...unknown, ...twice];
}

/** Keys and passwords for SSH are of use only over SSH, and nothing else is of use there. */
function checkProtocol({ auth, verification }: Connector): Problem[] {
  const overSsh: readonly string[] = ['KEY_PAIR', 'BASIC_AUTH'];
  if (verification.protocol !== 'sftp') {
    return auth.KEY_PAIR === undefined ? [] : [{ path: ['auth', 'KEY_PAIR'], message: 'needs "verification" with "protocol: sftp"' }];
  }
  return Object.keys(auth)
    .filter((method) => !overSsh.includes(method))
    .map((method) => ({ path: ['auth', method], message: `cannot be used over sftp; there are ${overSsh.join(', ')}` }));
}

/** Each input the provider fills is captured exactly where it says, and each capture fills such an input. */
function checkCapture(connector: Connector): Problem[] {
  const capture = connector.auth.OAUTH2?.capture;
  const captured = {
    token_response: new Set(Object.keys(capture?.tokenResponse ?? {})),
    callback: new Set(Object.keys(capture?.callback ?? {})),
    lookup: new Set(Object.keys(capture?.lookup?.values ?? {})),
  };
  const missing = connector.inputs.flatMap((input, index) =>
    input.filledBy === 'person' || captured[input.filledBy].delete(input.name)
      ? []
      : [{ path: ['inputs', index, 'filled_by'], message: `needs auth.OAUTH2.capture.${input.filledBy}${input.filledBy === 'lookup' ? '.values' : ''}.${input.name}` }],
  );
  const extra = (['token_response', 'callback', 'lookup'] as const).flatMap((from) =>
    [...captured[from]].map((name) => ({ path: ['auth', 'OAUTH2', 'capture', from, ...(from === 'lookup' ? ['values'] : []), name], message: `fills no input with "filled_by: ${from}"` })),
  );
  return [...missing, ...extra];
}

/** Credentials are placed, by names they have; captured values have an input to go to. */
export function checkAuth(connector: Connector): Problem[] {
  const methods = Object.keys(connector.auth) as (keyof AuthMethods)[];
  return [...methods.flatMap((method) => checkMethod(method, connector.auth)), ...checkAssertion(connector.auth), ...checkProtocol(connector), ...checkCapture(connector)];
}
