import { findEntity } from '../books/catalog.ts';
import { BadField } from '../fields.ts';

/** What calls are named after that is no entity. */
const OTHERS = new Set([
  'batch',
  'cdc',
  'entitlements',
  'recurringtransaction',
  'report',
  'taxservice',
  'unknown',
]);

/**
 * The operation that a fault is planned for, as calls are named: `invoice.create`, `invoice.*`, `cdc` or `*`, in
 * any case. `BadField` for one that no call has. Pure.
 */
export function faultOperation(asked: string): string {
  const operation = asked.trim().toLowerCase();
  const [name = ''] = operation.split('.');
  if (operation === '*' || OTHERS.has(name) || (findEntity(name) && operation.includes('.')))
    return operation;
  throw new BadField(`operation must be such as invoice.create, invoice.*, cdc, batch or *, and is ${asked}`);
}
