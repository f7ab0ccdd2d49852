import { connectorId, type Connection } from '@trunkline/contracts';

/** A connector's name in the short form of apex and reeve: as it was given (`meta`), unless that was a piece's name. */
export const connectorWord = ({ pieceName, connector }: Pick<Connection, 'pieceName' | 'connector'>): string => (connectorId.safeParse(pieceName).success ? pieceName : connector);
