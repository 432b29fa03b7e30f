import type { EntityName } from './catalog.ts';
import type { Company } from './company.ts';
import { badEmail, required, unsupportedOperation } from './fault.ts';
import { type Body, partOf, textOf } from './json.ts';
import { readRecord } from './write-record.ts';
import { stamp } from './pacific.ts';

const SENDABLE = new Set<EntityName>([
  'Invoice',
  'Estimate',
  'SalesReceipt',
  'CreditMemo',
  'RefundReceipt',
  'PurchaseOrder',
  'Payment',
]);

/**
 * Marks a document as e-mailed; no mail is sent. EmailStatus and LastUpdatedTime change, its SyncToken does
 * not. `sendTo` becomes its address.
 */
export function sendRecord(
  company: Company,
  entity: EntityName,
  id: string,
  sendTo: string | undefined,
): Body {
  if (!SENDABLE.has(entity)) throw unsupportedOperation(`Send ${entity}`);
  company.write((unit) => {
    const before = unit.get(entity, id);
    const address = sendTo ?? textOf(partOf(before, 'BillEmail'), 'Address');
    if (!address) throw required('BillEmail');
    if (!address.includes('@')) throw badEmail('sendTo');
    unit.announce(entity, id, 'Emailed', { keepsToken: true });
    unit.put(entity, {
      ...before,
      ...(entity === 'Payment' ? {} : { BillEmail: { Address: address }, EmailStatus: 'EmailSent' }),
      DeliveryInfo: { DeliveryType: 'Email', DeliveryTime: stamp(unit.now) },
    });
  });
  return readRecord(company, entity, id);
}
