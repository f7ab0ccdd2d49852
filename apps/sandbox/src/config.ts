import { z } from 'zod';
import { secretText, setting, text, whole } from '@trunkline/service';

export const sandboxSettings = {
  sandboxPort: setting('TRUNKLINE_SANDBOX_PORT', whole(0, 65_535).default(3_010), 'Port the sandbox listens on; 0 takes a free one.'),
  sandboxHost: setting('TRUNKLINE_SANDBOX_HOST', text.default('127.0.0.1'), 'Address the sandbox listens on.'),
  sandboxUrl: setting('TRUNKLINE_SANDBOX_URL', z.url().optional(), 'Where clients reach the sandbox; default: the address it listens on.'),
  sandboxDataDir: setting('TRUNKLINE_SANDBOX_DATA_DIR', text.optional(), 'Folder for grants, keys and changed records. Unset: all is forgotten at the end.'),
  clientSecret: setting('TRUNKLINE_SANDBOX_CLIENT_SECRET', secretText.optional(), 'Secret of the OAuth client `trunkline-sandbox`. Unset: no client is known from the start.'),
  publicUrl: setting('TRUNKLINE_PUBLIC_URL', z.url().default('http://localhost:3000'), 'Where the gateway is: the client\'s redirect URIs are made from it.'),
  records: setting('TRUNKLINE_SANDBOX_RECORDS', whole(4, 5_000_000).optional(), 'Live records per account over all four streams; default 7,000.'),
  accessTokenSeconds: setting('TRUNKLINE_SANDBOX_ACCESS_TOKEN_SECONDS', whole(1, 31_536_000).default(3_600), 'Life of an access token in seconds.'),
};
