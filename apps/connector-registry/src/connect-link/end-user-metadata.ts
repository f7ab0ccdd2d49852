import { isDeepStrictEqual } from 'node:util';
import { connectionMetadata, type Connection, type ConnectLink } from '@trunkline/contracts';

type Metadata = Connection['metadata'];

/** What a connection's metadata say once a link made it: what they said, what the link says, and for whom it is. Too much is left as it was. */
export function withEndUser(before: Metadata, { metadata, endUser }: { metadata: Metadata; endUser: ConnectLink['endUser'] }): Metadata {
  const merged = { ...before, ...metadata, endUser: { ...endUser } };
  if (isDeepStrictEqual(merged, before)) return before;
  return connectionMetadata.safeParse(merged).success ? (merged as Metadata) : before;
}
