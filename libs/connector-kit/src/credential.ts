import type { KeyCredential, Secret } from '@trunkline/contracts';

/** What a request is made with: an access token, or the key as a person gave it. */
export type Credential = { readonly type: 'OAUTH2'; readonly accessToken: Secret; readonly tokenType: string } | KeyCredential;
