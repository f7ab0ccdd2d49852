/** What the end of an attempt leaves of its lease and of its intent. */
export const settled = 'lease_owner = NULL, lease_until = NULL, updated_at = clock_timestamp()';
export const intentDone = 'intent_id = NULL, intent_token_digest = NULL, intent_at = NULL';
