import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { AnalyticsSinkModule } from './analytics-sink.module.js';
import { sinkSettings } from './config.js';

/** Reference consumer of the record events: applies them to a warehouse schema, exactly once in effect. */
export const analyticsSink = nestService({
  name: 'analytics-sink',
  settings: sinkSettings,
  module: (context) => AnalyticsSinkModule.forRoot(context.config),
  transports: natsTransports,
  defaultPort: 3005,
});
