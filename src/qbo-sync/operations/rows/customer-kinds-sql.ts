import type { OperationKind } from '../operation-payloads.js';

/** The compiler holds it complete. */
const CUSTOMER_KINDS: Readonly<Record<Extract<OperationKind, `customer.${string}`>, true>> = {
  'customer.create': true,
  'customer.update': true,
  'customer.currency': true,
};

/** Kinds of operations whose entity is a customer, as a list of SQL: by `like` no index leads to one of theirs. */
export const CUSTOMER_KINDS_SQL = `('${Object.keys(CUSTOMER_KINDS).join(`', '`)}')`;
