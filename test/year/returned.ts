import type { Charge, Job } from './diary.js';
import type { Papers, Sale } from './papers.js';
import { beforeTax, type Item, type Settled, sharesOf } from './settled.js';

/** Money that went back. */
export interface Returned {
  kind: 'refund' | 'dispute';
  day: string;
  cents: number;
  taxCents: number;
  /** By what of it, before tax, its receipt lowers what is owed to the customer, and no income. */
  offHeldCents: number;
  /** It is in no books, and lowers neither. */
  isLeftOut: boolean;
}

/** What of a charge is on no invoice. */
export interface Unapplied {
  day: string;
  cents: number;
}

/** What was paid by card and is on no invoice, and what of all of it went back. */
export function cardMoneyOf(
  job: Job,
  papers: Papers,
  settled: readonly Settled[],
): { unapplied: Unapplied[]; returned: Returned[] } {
  const receipts = new Map(papers.refunds.map((one) => [one.id, one]));
  const unapplied: Unapplied[] = [];
  const returned: Returned[] = [];
  for (const charge of job.charges) {
    const came = new Map<Item, number>();
    for (const { id, by, byItem } of settled)
      if (by === 'money' && id === charge.qboPayment)
        for (const [item, cents] of byItem) add(came, item, cents);
    const applied = papers.settlements.filter(({ id, by }) => by === 'money' && id === charge.qboPayment);
    const free = charge.cents - applied.reduce((sum, { cents }) => sum + cents, 0);
    if (free > 0) unapplied.push({ day: charge.day, cents: free });
    add(came, 'unapplied', Math.max(0, free));
    for (const back of backOf(job, charge)) {
      const receipt = back.receipt === null ? undefined : receipts.get(back.receipt);
      const isDispute = back.kind === 'dispute';
      const taxCents = isDispute ? disputedTax(came, back.cents) : (receipt?.taxCents ?? 0);
      const offHeldCents = offHeldOf(receipt, back.cents - taxCents);
      returned.push({ ...back, taxCents, offHeldCents, isLeftOut: !isDispute && back.receipt === null });
      if (isDispute) continue;
      add(came, 'tax', -taxCents);
      takeOff(came, back.cents - taxCents);
    }
  }
  return { unapplied, returned };
}

/** All of it, but for what stands on lines of income beside. */
function offHeldOf(receipt: Sale | undefined, netCents: number): number {
  if (!receipt?.lines.some(({ ground }) => ground === 'held')) return 0;
  const incomeCents = receipt.lines.reduce(
    (sum, { ground, cents }) => (ground === 'income' ? sum + cents : sum),
    0,
  );
  return netCents - incomeCents;
}

function backOf(
  job: Job,
  { paymentId }: Charge,
): (Omit<Returned, 'taxCents' | 'offHeldCents' | 'isLeftOut'> & { receipt: string | null })[] {
  const refunds = job.refunds
    .filter((one) => one.paymentId === paymentId && !one.hasFailed)
    .map(({ day, cents, receipt }) => ({ kind: 'refund' as const, day, cents, receipt }));
  const lost = job.disputes
    .filter((one) => one.paymentId === paymentId && one.state === 'lost')
    .map(({ day, cents }) => ({ kind: 'dispute' as const, day, cents, receipt: null }));
  return [...lost, ...refunds].toSorted(
    (one, other) => Number(one.day > other.day) - Number(one.day < other.day),
  );
}

/** What a bank took back follows what came in, and is taken off it. */
function disputedTax(came: Map<Item, number>, cents: number): number {
  const items = [...came].filter(([, one]) => one !== 0);
  const whole = items.reduce((sum, [, one]) => sum + one, 0);
  const known = Math.min(cents, Math.max(0, whole));
  if (known === 0) return 0;
  const shares = sharesOf(
    known,
    items.map(([, one]) => one),
  );
  let tax = 0;
  for (const [index, [item]] of items.entries()) {
    add(came, item, -shares[index]!);
    if (item === 'tax') tax = shares[index]!;
  }
  return tax;
}

/** A refund comes off what came in but for its tax. */
function takeOff(came: Map<Item, number>, cents: number): void {
  const items = [...came].filter(([item, one]) => item !== 'tax' && one !== 0);
  const whole = beforeTax(new Map(items));
  const known = Math.min(cents, Math.max(0, whole));
  if (known === 0) return;
  for (const [index, share] of sharesOf(
    known,
    items.map(([, one]) => one),
  ).entries())
    add(came, items[index]![0], -share);
}

function add(came: Map<Item, number>, item: Item, cents: number): void {
  if (cents !== 0) came.set(item, (came.get(item) ?? 0) + cents);
}
