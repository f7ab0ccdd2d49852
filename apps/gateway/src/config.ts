import { z } from 'zod';
import { setting, whole } from '@trunkline/service';
import { egressRegions } from './egress-addresses/egress-addresses.js';

export const gatewaySettings = {
  publicUrl: setting('TRUNKLINE_PUBLIC_URL', z.url().default('http://localhost:3000'), 'Where browsers reach the gateway; OAuth redirect URIs are made from it. https in production.'),
  keyCacheMs: setting('TRUNKLINE_KEY_CACHE_MS', whole(0, 5_000).default(3_000), 'How long an accepted API key is believed without asking again, in milliseconds; a revoked key works at most that much longer.'),
  requestsPerSecond: setting(
    'TRUNKLINE_REQUESTS_PER_SECOND',
    whole(0, 1_000_000).default(1_000),
    'Requests per second of one API key or person and replica, with bursts of twice as many; beyond it 429. 0: no limit.',
  ),
  anonymousRequestsPerSecond: setting(
    'TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND',
    whole(0, 1_000_000).default(200),
    'The same for one client address (of IPv6: one /64) and requests without a valid key: OAuth callbacks, logins, wrong keys. 0: no limit.',
  ),
  trustedProxies: setting(
    'TRUNKLINE_TRUST_PROXY',
    whole(0, 16).default(0),
    'How many proxies of yours are in front of the gateway: the client address is read from X-Forwarded-For as the outermost of them saw it. 0: the header is not believed.',
  ),
  progressStreams: setting('TRUNKLINE_PROGRESS_STREAMS', whole(1, 10_000).default(20), 'How many streams of progress one key or person may have open at a replica; beyond it 429.'),
  bodyLimitBytes: setting('TRUNKLINE_BODY_LIMIT_BYTES', whole(1_024, 16_777_216).default(262_144), 'Largest request body in bytes.'),
  egressAddresses: setting(
    'TRUNKLINE_EGRESS_ADDRESSES',
    egressRegions.prefault(''),
    'The static addresses this installation\'s requests come from, `region=ip,ip;region2=ip`, for systems that let in only known ones. Shown to whoever connects such a system; it changes nothing about routing.',
  ),
};
