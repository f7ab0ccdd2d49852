import type { Catalog } from '@trunkline/catalog';

/** Which of our callback paths a provider is told to call. */
export type CallbackKind = 'connectors' | 'oauth';

/** A connector as far as its callback is concerned. */
export interface CalledBack {
  readonly id: string;
  /** Of a connector that a tenant defined: opaque, and another one for each platform. */
  readonly instanceId?: string;
}

/** What a connector is called in its callback's path. Ids that tenants choose could meet there; what they cannot choose does not. */
export const callbackName = ({ id, instanceId }: CalledBack): string => instanceId ?? id;

/**
 * Where a provider sends the person back to: one address per connector, so that an answer of one provider cannot be passed off as
 * another's (RFC 9700 §4.4). It must be registered at the provider letter for letter.
 */
export const redirectUri = (publicUrl: string, callback: CallbackKind, connector: CalledBack): string => `${publicUrl}/api/${callback}/${callbackName(connector)}/callback`;

/** Whether a name in the path is this connector's. Those of the catalog go by their aliases too; an instance has one name and no other. */
export function isCalled(catalog: Pick<Catalog, 'find'>, connector: CalledBack, nameInPath: string): boolean {
  return connector.instanceId === undefined ? catalog.find(nameInPath)?.id === connector.id : nameInPath === connector.instanceId;
}

/** Codes that are sent there belong to walks that were begun here; whoever brings one from elsewhere did not get it by right. */
export function isOurCallback(publicUrl: string, url: string): boolean {
  const [ours, given] = [new URL(publicUrl), new URL(url)];
  return given.origin === ours.origin && given.pathname.startsWith(`${ours.pathname.replace(/\/+$/, '')}/api/`) && given.pathname.endsWith('/callback');
}
