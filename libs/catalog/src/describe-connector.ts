import type { AuthMethodName, ConnectorAuthMethod, ConnectorSummary } from '@trunkline/contracts';
import type { Connector } from './schema/connector-schema.js';
import { isIncremental } from './schema/stream-schema.js';

/** The ways to connect, the preferred one first. */
export const authMethodsOf = (connector: Connector): AuthMethodName[] => Object.keys(connector.auth) as AuthMethodName[];

type Field = ConnectorAuthMethod['fields'][number];
const secret = (name: string, title: string, required = true): Field => ({ name, title, required, secret: true });
const plain = (name: string, title: string, required = true): Field => ({ name, title, required, secret: false });
/** A key pair's private half is pasted, or it is one that was generated here: then its id is given in place of it. */
const privateKey: readonly Field[] = [secret('private_key', 'Private key', false), plain('signing_key_id', 'Generated key', false)];

/** What the person gives for each way to connect. The names are the members of `value`; a connector's own fields go into its `props`. */
function fieldsOf(connector: Connector, type: AuthMethodName): Field[] {
  switch (type) {
    case 'SECRET_TEXT':
      return [secret('secret_text', 'API key')];
    case 'BASIC_AUTH':
      return [plain('username', 'User name'), secret('password', 'Password')];
    case 'CUSTOM_AUTH':
      return (connector.auth.CUSTOM_AUTH?.fields ?? []).map(({ name, title, required }) => secret(name, title, required));
    case 'JWT_BEARER':
      return [...(connector.auth.JWT_BEARER?.fields ?? []).map(({ name, title, required }) => secret(name, title, required)), ...privateKey];
    case 'KEY_PAIR':
      return [plain('username', 'User name'), ...privateKey, secret('passphrase', 'Passphrase', false)];
    case 'OAUTH2':
    case 'NO_AUTH':
      return [];
  }
}

const describeAuthMethod = (connector: Connector, type: AuthMethodName): ConnectorAuthMethod => ({
  type,
  fields: fieldsOf(connector, type),
  grantTypes: type === 'OAUTH2' ? [...(connector.auth.OAUTH2?.grantTypes ?? [])] : [],
  scopes: type === 'OAUTH2' || type === 'JWT_BEARER' ? [...(connector.auth[type]?.scopes ?? [])] : [],
});

/** What clients see of a connector. Inputs the provider fills itself are nobody's business; what is looked up may be chosen. */
export const describeConnector = (connector: Connector): ConnectorSummary => ({
  id: connector.id,
  name: connector.name,
  category: connector.category,
  aliases: [...connector.aliases],
  authMethods: authMethodsOf(connector).map((type) => describeAuthMethod(connector, type)),
  inputs: connector.inputs
    .filter(({ filledBy }) => filledBy === 'person' || filledBy === 'lookup')
    .map(({ name, title, description, pattern, required, default: value, filledBy }) => ({
      name,
      title,
      description,
      pattern,
      required: required && value === undefined && filledBy === 'person',
    })),
  streams: [...connector.streams.values()].map((stream) => ({ name: stream.name, title: stream.title, incremental: isIncremental(stream), scopes: [...stream.scopes] })),
  rateLimit: connector.rateLimit.posture,
  latency: connector.latency,
  ...(connector.owner === undefined ? {} : { custom: true }),
  staticEgress: connector.staticEgress,
});
