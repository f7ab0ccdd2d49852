import { ProviderError } from '../provider-error.js';
import { bindConnector } from '../render/bind-connector.js';
import { FileWriter } from './files/file-writer.js';
import { GraphqlWriter } from './requests/graphql-writer.js';
import { RestWriter } from './requests/rest-writer.js';
import { targetProblem } from './target-problem.js';
import { TableWriter } from './tables/table-writer.js';
import type { WriteEnvironment, Writer, WriterOptions } from './writer.js';

/**
 * A writer for one stream of a flow. Nothing is sent before the first batch.
 *
 * @throws ProviderError `rejected` if the connector is not written that way, or the target says something it cannot mean
 */
export function openWriter({ connector, inputs, settings, target, ...rest }: WriterOptions): Writer {
  const problem = targetProblem(connector, target);
  if (problem !== null) throw new ProviderError('rejected', problem);
  const environment: WriteEnvironment = { ...rest, bound: bindConnector({ connector, inputs, settings }) };
  switch (target.kind) {
    case 'rest':
      return new RestWriter(environment, target);
    case 'graphql':
      return new GraphqlWriter(environment, target);
    case 'table':
      return new TableWriter(environment, target);
    case 'file':
      return new FileWriter(environment, target);
  }
}
