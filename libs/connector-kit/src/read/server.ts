import { Secret } from '@trunkline/contracts';
import type { Template } from '@trunkline/catalog';
import type { Egress } from '@trunkline/egress';
import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import type { BoundConnector } from '../render/bind-connector.js';
import { originOf } from '../render/origin-of.js';
import { renderText } from '../render/render-template.js';

/** The way out for protocols that are not HTTP. `check` tells what the operator has excepted. */
export type ServerAccess = Pick<Egress, 'connect' | 'check'>;

export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

const rejected = (message: string): ProviderError => new ProviderError('rejected', message);

/** The template's text; undefined if it is left out or a variable of it has no value. */
export const textOf = (template: Template | undefined, { values }: BoundConnector): string | undefined => (template === undefined ? undefined : renderText(template, values));

/** A server of the connector. @throws ProviderError `rejected` if the credential is not bound to it */
export function serverOf(bound: BoundConnector, scheme: 'postgres' | 'mysql', { host, port }: { host: Template; port: Template }): ServerPlace {
  const { connector, allowedOrigins } = bound;
  const needed = (template: Template, name: string) => {
    const text = textOf(template, bound);
    if (text === undefined) throw rejected(`${connector.name}: the ${name} has no value`);
    return text;
  };
  const [name, number] = [needed(host, 'host').toLowerCase(), needed(port, 'port')];
  const text = `${scheme}://${name}:${number}`;
  if (!URL.canParse(text) || !allowedOrigins.includes(originOf(text))) throw rejected(`${connector.name}: the credential must not go to ${name}:${number}; it is bound to ${allowedOrigins.join(', ')}`);
  return { host: name, port: Number(number) };
}

/** Who signs in, by the connector's data. @throws ProviderError `unauthorized` for a credential of another kind */
export function userOf({ connector, values }: BoundConnector, credential: Credential): { readonly username: string; readonly password: Secret } {
  const basic = connector.auth.BASIC_AUTH;
  if (credential.type !== 'BASIC_AUTH' || basic === undefined) throw new ProviderError('unauthorized', `the credential for ${connector.name} is of the kind ${credential.type}, which it does not take`);
  const texts = { ...values, credential: { username: credential.username, password: credential.password.reveal() } };
  return { username: renderText(basic.username, texts) ?? '', password: new Secret(renderText(basic.password, texts) ?? '') };
}

/** True if the operator has excepted the exact host and port: only there plain HTTP is let out, so only there plain TCP is. */
export function isExcepted({ check }: Partial<ServerAccess>, { host, port }: ServerPlace): boolean {
  try {
    check?.(`http://${host}:${port}/`);
    return check !== undefined;
  } catch {
    return false;
  }
}
