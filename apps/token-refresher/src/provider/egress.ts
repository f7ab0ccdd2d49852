/** Injection token of the service's one way out (an `Egress`). */
export const EGRESS = Symbol('EGRESS');
