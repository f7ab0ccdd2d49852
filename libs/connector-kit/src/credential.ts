/** What a request is made with: an access token, or the key as a person gave it. */
export type { UsableCredential as Credential } from '@trunkline/contracts';
