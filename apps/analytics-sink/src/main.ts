import { startService } from '@trunkline/service';
import { analyticsSink } from './analytics-sink.js';

await startService(analyticsSink);
