import type { EntityName } from './catalog.ts';
import type { Company } from './company.ts';
import { badEmail, required, unsupportedOperation } from './fault.ts';
import { type Body, partOf, textOf } from './json.ts';
import { readRecord } from './operate.ts';
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

/** Mails a document (to nobody, here): its status and time change, its SyncToken does not. `sendTo` becomes its address. */
export function sendRecord(
  company: Company,
  entity: EntityName,
  id: string,
  sendTo: string | undefined,
): Body {
  if (!SENDABLE.has(entity)) throw unsupportedOperation(`Send ${entity}`);
  company.write((writing) => {
    const before = writing.get(entity, id);
    const address = sendTo ?? textOf(partOf(before, 'BillEmail'), 'Address');
    if (!address) throw required('BillEmail');
    if (!address.includes('@')) throw badEmail('sendTo');
    writing.announce(entity, id, 'Emailed', { keepsToken: true });
    writing.put(entity, {
      ...before,
      ...(entity === 'Payment' ? {} : { BillEmail: { Address: address }, EmailStatus: 'EmailSent' }),
      DeliveryInfo: { DeliveryType: 'Email', DeliveryTime: stamp(writing.now) },
    });
  });
  return readRecord(company, entity, id);
}
