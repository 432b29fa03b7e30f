/** How much waits for QuickBooks, by what it is. */
export interface WaitingWork {
  invoices: number;
  payments: number;
  refunds: number;
  credits: number;
  customers: number;
}

/** Why nothing reaches the books of a company any more, and what waits behind it. Pure. */
export function connectionLostReason(companyName: string | null, waiting: WaitingWork): string {
  const company = companyName === null ? '' : ` of ${companyName}`;
  return (
    `QuickBooks${company} does not accept our access any more, so nothing reaches the books; ` +
    `${waitingText(waiting)}.`
  );
}

function waitingText(waiting: WaitingWork): string {
  const parts = [
    counted(waiting.invoices, 'invoice'),
    counted(waiting.payments, 'payment'),
    counted(waiting.refunds, 'refund'),
    counted(waiting.credits, 'credit memo'),
    counted(waiting.customers, 'customer'),
  ].filter((part) => part !== null);
  if (parts.length === 0) return 'nothing waits for it yet';
  const all = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  const several = parts.length > 1 || !parts[0]!.startsWith('1 ');
  return `${all} ${several ? 'wait' : 'waits'} for it`;
}

function counted(count: number, noun: string): string | null {
  return count === 0 ? null : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
