import { EgressError, type Egress } from '@trunkline/egress';
import { AppError } from '@trunkline/service';

/** Refuses an address that nothing would be sent to. What a name stands for is looked at again whenever something is sent. @throws AppError VALIDATION */
export function requireAllowedUrl(egress: Egress, url: string): void {
  try {
    egress.check(url);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    throw new AppError('VALIDATION', `url: must be a public https address (${error.message}).`, { params: { issues: [{ path: 'url', message: 'must be a public https address' }] } });
  }
}
