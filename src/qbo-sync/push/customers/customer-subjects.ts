/** The subject of the inbox item that asks whether a customer is one that QuickBooks has. */
export function matchSubjectOf(customerId: number): string {
  return `customer.match:${customerId}`;
}

/** That of the operation that makes a customer, in every generation. */
export function creationSubjectOf(customerId: number): string {
  return `customer.create:${customerId}`;
}

/** That of what a bookkeeper had changed of a customer, and the CRM overwrote. */
export function externalEditSubjectOf(customerId: number): string {
  return `customer.drift:${customerId}`;
}
