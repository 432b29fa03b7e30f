/** Every call we make to QuickBooks, as the metrics name it, and whether it changes the books. */
const ENDPOINTS = {
  'customer.create': 'write',
  'customer.update': 'write',
  'customer.batch': 'write',
  'customer.read': 'read',
  'customer.query': 'read',
  'item.query': 'read',
  'item.create': 'write',
  'account.query': 'read',
  'account.create': 'write',
  'invoice.create': 'write',
  'invoice.void': 'write',
  'invoice.read': 'read',
  'invoice.query': 'read',
  'payment.create': 'write',
  'payment.update': 'write',
  'payment.read': 'read',
  'payment.query': 'read',
  'refund.create': 'write',
  'refund.read': 'read',
  'refund.query': 'read',
  'credit.create': 'write',
  'credit.read': 'read',
  'credit.query': 'read',
  'document.query': 'read',
  'report.read': 'read',
  cdc: 'read',
  'companyinfo.read': 'read',
  'preferences.read': 'read',
  'currency.query': 'read',
  'exchangerate.read': 'read',
  'taxcode.query': 'read',
  'term.query': 'read',
  'class.query': 'read',
  'location.query': 'read',
} as const satisfies Record<string, 'read' | 'write'>;

export type QboEndpoint = keyof typeof ENDPOINTS;

/** True when a lost answer may hide a change in the books. */
export function isWrite(operation: QboEndpoint): boolean {
  return ENDPOINTS[operation] === 'write';
}

/** True when Intuit counts a successful call of this kind: data out is metered, data in is free. */
export function isMetered(operation: QboEndpoint): boolean {
  return ENDPOINTS[operation] === 'read';
}

/** True when QuickBooks counts the call against its limit of batches, too. */
export function isBatch(operation: QboEndpoint): boolean {
  return operation.endsWith('.batch');
}
