/**
 * The refund receipts of an organisation, the first parameter, that are in QuickBooks or were sent there. One that a
 * person entered, or changed to more than was sent, is none of them: its tax is not known here.
 */
export const REFUND_RECEIPTS = `
  select o.org_id, o.proposal_id, o.id, o.entity_id as payment_id, (o.payload ->> 'amountCents')::bigint as cents,
         round(coalesce((o.payload #>> '{draft,taxed,taxCents}')::numeric, 0) * (o.payload ->> 'amountCents')::numeric
               / (o.payload #>> '{draft,amountCents}')::numeric)::bigint as tax_cents,
         (o.payload ->> 'ofReleased')::boolean as of_released
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and o.state <> 'refused'
     and (o.payload ->> 'amountCents')::bigint between 1 and (o.payload #>> '{draft,amountCents}')::bigint`;
