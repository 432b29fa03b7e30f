/**
 * Another idempotency key for the same operation: QuickBooks may remember what it answered under one, a refusal too,
 * and what is sent under it once more is answered that, whatever was mended meanwhile.
 */
export const NEW_REQUEST = `split_part(request_id, '-', 1) || '-' || gen_random_uuid()`;

/** Its key from now on, where QuickBooks has refused it for certain; one that may have been done keeps its own. */
export const REQUEST_AFTER_REFUSAL = `
  case when state = 'refused' and first_sent_at is not null and error_kind is distinct from 'uncertain'
       then ${NEW_REQUEST} else request_id end`;
