import { checkInputs } from '@trunkline/catalog';
import { AppError } from '@trunkline/service';
import type { StartCheck } from './start-context.js';

/** The inputs choose the host a person is sent to and our client secret goes to: looked at again here, whoever asked before. */
export const checkInputsFit: StartCheck = ({ connector, inputs }) => {
  const problems = checkInputs(connector, inputs);
  if (problems.length > 0) throw new AppError('INVALID_APP_CONNECTION', problems.map(({ message }) => message).join('; '), { params: { inputs: problems } });
};
