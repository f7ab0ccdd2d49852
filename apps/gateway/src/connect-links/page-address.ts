import type { Secret } from '@trunkline/contracts';

/** Where a link's page is. Its token is in it: shown to whoever made the link, and to nobody's log. */
export const pageAddress = (publicUrl: string, token: Secret): string => `${publicUrl.replace(/\/+$/, '')}/connect/${encodeURIComponent(token.reveal())}`;
