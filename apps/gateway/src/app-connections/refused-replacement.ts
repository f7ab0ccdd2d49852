import { errorCodes } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** A replacement that the state of things forbids: the reference's code with the status of a conflict (DESIGN §7.10). */
export class RefusedReplacement extends AppError {
  constructor(cause: AppError) {
    const { message, ...params } = cause.params;
    super('VALIDATION', message, { params, cause });
  }

  override get status(): number {
    return errorCodes.CONFLICT.status;
  }
}
