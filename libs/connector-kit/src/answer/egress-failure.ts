import { EgressError } from '@trunkline/egress';
import { ProviderError } from '../provider-error.js';

/** What it means for a call to a provider that the request got no complete answer. Anything but an egress failure is thrown on. */
export function egressFailure(error: unknown, connectorName: string): ProviderError {
  if (!(error instanceof EgressError)) throw error;
  switch (error.code) {
    case 'EGRESS_URL_INVALID':
    case 'EGRESS_BLOCKED':
      return new ProviderError('rejected', `${connectorName}: the request was not let out: ${error.message}`);
    case 'EGRESS_TOO_LARGE':
      return new ProviderError('malformed', `${connectorName} answered more than can be taken in at once; ask for smaller pages`);
    default:
      return new ProviderError('unavailable', `${connectorName} gave no complete answer (${error.code})`);
  }
}
