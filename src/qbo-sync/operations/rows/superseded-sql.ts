/**
 * Whether a later try has taken the place of operation `o`: nobody ends `o` any more, and nobody is asked about it.
 * The generations of refunds are steps that stand side by side; those of a customer in foreign currencies are about a
 * record for each currency, and those of an organisation's products about each name.
 */
export function supersededSql(o: string): string {
  return `(${o}.kind <> 'refund.create' and exists (
  select from sync_operations later
   where later.org_id = ${o}.org_id and later.kind = ${o}.kind and later.entity_id = ${o}.entity_id
     and later.generation > ${o}.generation
     and (${o}.kind <> 'customer.currency' or later.payload -> 'currency' = ${o}.payload -> 'currency')
     and (${o}.kind <> 'item.create' or later.payload -> 'name' = ${o}.payload -> 'name')))`;
}
