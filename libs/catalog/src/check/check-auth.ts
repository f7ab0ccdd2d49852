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
    case 'NO_AUTH':
      return [];
  }
}

/** The texts of a method that place the credential, with their place in the file. */
function placements(method: keyof AuthMethods, methods: AuthMethods): [PropertyKey[], Template][] {
  if (method === 'NO_AUTH') return [];
  if (method === 'BASIC_AUTH') {
    const basic = methods.BASIC_AUTH!;
    return [
      [['auth', method, 'username'], basic.username],
      [['auth', method, 'password'], basic.password],
    ];
  }
  const { headers, query } = methods[method]!;
  return [
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
  const unused = method !== 'NO_AUTH' && used.length === 0 ? [{ path: ['auth', method], message: 'says nowhere where the credential goes (headers or query)' }] : [];
  return [...unknown, ...unused];
}

/** Each input the provider fills is captured exactly where it says, and each capture fills such an input. */
function checkCapture(connector: Connector): Problem[] {
  const capture = connector.auth.OAUTH2?.capture;
  const captured = {
    token_response: new Set(Object.keys(capture?.tokenResponse ?? {})),
    callback: new Set(Object.keys(capture?.callback ?? {})),
  };
  const missing = connector.inputs.flatMap((input, index) =>
    input.filledBy === 'person' || captured[input.filledBy].delete(input.name)
      ? []
      : [{ path: ['inputs', index, 'filled_by'], message: `needs auth.OAUTH2.capture.${input.filledBy}.${input.name}` }],
  );
  const extra = (['token_response', 'callback'] as const).flatMap((from) =>
    [...captured[from]].map((name) => ({ path: ['auth', 'OAUTH2', 'capture', from, name], message: `fills no input with "filled_by: ${from}"` })),
  );
  return [...missing, ...extra];
}

/** Credentials are placed, by names they have; captured values have an input to go to. */
export function checkAuth(connector: Connector): Problem[] {
  const methods = Object.keys(connector.auth) as (keyof AuthMethods)[];
  return [...methods.flatMap((method) => checkMethod(method, connector.auth)), ...checkCapture(connector)];
}
