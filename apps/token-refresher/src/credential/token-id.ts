/**
 * A further token of a connection is a row of its own, named after the connection and the token. No id from outside has a dot in it, so
 * nobody can ask for such a row; and what leaves the service names the connection.
 */
export const secondTokenId = (connectionId: string, tokenName: string): string => `${connectionId}.${tokenName}`;

/** The connection a row belongs to: the row's own id for the first token. */
export const connectionOf = (rowId: string): string => rowId.split('.', 1)[0]!;

/** Null for the first token. */
export function tokenNameOf(rowId: string): string | null {
  const dot = rowId.indexOf('.');
  return dot === -1 ? null : rowId.slice(dot + 1);
}

export const isSecond = (rowId: string): boolean => tokenNameOf(rowId) !== null;
