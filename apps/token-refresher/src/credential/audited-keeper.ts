/** Who did it, in the audit log, where no principal was at work: the request came from a neighbour, or from nobody. */
export const keeper = { kind: 'service', id: 'token-refresher', userId: null } as const;
