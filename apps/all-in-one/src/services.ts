import { analyticsSink } from '@trunkline/analytics-sink';
import { connectorRegistry } from '@trunkline/connector-registry';
import { gateway } from '@trunkline/gateway';
import { oauthBroker } from '@trunkline/oauth-broker';
import { sandbox } from '@trunkline/sandbox';
import type { AnyService } from '@trunkline/service';
import { syncOrchestrator } from '@trunkline/sync-orchestrator';
import { tokenRefresher } from '@trunkline/token-refresher';

/** Every service of the product, the edge last: it listens when the others can answer. The only place that imports apps. */
export const services: readonly AnyService[] = [connectorRegistry, oauthBroker, tokenRefresher, syncOrchestrator, analyticsSink, gateway];

/** With the development counterpart: a real OAuth server and a CRM to read from. */
export const servicesWithSandbox: readonly AnyService[] = [sandbox, ...services];
