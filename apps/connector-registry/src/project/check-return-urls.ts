import { AppError } from '@trunkline/service';
import { returnUrlProblem } from './return-url.js';

/** @throws AppError VALIDATION naming every URL that cannot be on the list */
export function checkReturnUrls(returnUrls: readonly string[]): void {
  const issues = returnUrls.flatMap((url, index) => {
    const problem = returnUrlProblem(url);
    return problem === null ? [] : [{ path: `returnUrls.${index}`, message: problem }];
  });
  if (issues.length > 0) throw new AppError('VALIDATION', issues.map(({ path, message }) => `${path}: ${message}`).join('; '), { params: { issues } });
}
