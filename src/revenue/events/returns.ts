import { type Receipted, receiptedRefunds } from '../../contracts/settlement/refund-receipts.js';
import { addTo, creditsOn } from '../../contracts/settlement/settlements.js';
import { refundedTax, taxOnPart } from '../../invoices/refund-tax.js';
import { sumCents } from '../../platform/money/cents.js';
import { type ItemCents, returnedItems } from './cash-allocation.js';
import type { ContractFacts, InvoiceFact, PartOfReturns, ReturnFact } from './contract-facts.js';
import type { RevenueItem } from './revenue-event.js';

/** Money that went back, with what it was: its tax is no income given back. */
export interface SplitReturn {
  back: ReturnFact;
  /** What it was paid for. */
  item: RevenueItem;
  byItem: ItemCents;
  taxCents: number;
  /** What of it pays out a credit, which has lowered income and tax already. */
  paidOutCents: number;
  /** What of a refund is taken back of what was billed, before tax. */
  netCents: number;
  /** What of that is income given back. */
  reducedCents: number;
}

/** What came in: by each payment that we record, and by hand on each invoice. */
export interface ReceivedMoney {
  byPayment: ReadonlyMap<number, ItemCents>;
  byHand: ReadonlyMap<number, ItemCents>;
}

/**
 * Splits everything that went back, in the order of its days. A refund takes off the tax that its receipt in
 * QuickBooks takes off, to the cent, and the rest over what came in; one that is left out of the books with its payment
 * gives no income and no tax back, and is no money either where the bookkeeper enters the payment: it never counted as
 * received, nor is what a bank took back of what nobody owed. The rest of that follows what came in: of a payment that
 * the bookkeeper enters what was entered on its invoice, since nothing says which of that it is; so does what is left
 * out of the books with a payment that was entered again, its tax too, as that money came in. Pure.
 */
export function splitReturns(
  facts: ContractFacts,
  { byPayment: received, byHand }: ReceivedMoney,
): SplitReturn[] {
  const { currency } = facts;
  const left = copyOf(received);
  const leftByHand = copyOf(byHand);
  const enteredAgain = new Set(facts.payments.filter((one) => one.enteredAgainCents > 0).map(({ id }) => id));
  const refunded = new Map<number, number>();
  const newestFirst = facts.returns.toSorted(byDay).toReversed();
  const leftOut = leftOutByRefund(facts, received);
  const notOwed = partById(
    facts.returns.toSorted(byDay).filter(({ kind }) => kind === 'dispute'),
    facts.lossesNotOwed,
  );
  const paidOut = partByRefund(newestFirst, facts.payouts);
  const receipted = receiptedByRefund(facts);
  let heldCents = heldBeforeRefunds(facts);
  return facts.returns.toSorted(byDay).map((back) => {
    const { kind, paymentId, invoiceId, cents } = back;
    const item = mainItem({ kind: back.invoiceKind });
    const isByHand = !received.has(paymentId);
    const own = left.get(paymentId);
    const isAgain = enteredAgain.has(paymentId) && sumCents([...own!.values()]) <= 0;
    const came = (isAgain ? undefined : own) ?? leftByHand.get(invoiceId) ?? new Map<RevenueItem, number>();
    const beforeCents = refunded.get(paymentId) ?? 0;
    const leftOutCents = (kind === 'refund' && leftOut.get(back.id)) || 0;
    const paidOutCents = Math.min((kind === 'refund' && paidOut.get(back.id)) || 0, cents - leftOutCents);
    const receiptCents = cents - leftOutCents - paidOutCents;
    const onReceipts = receipted.get(back.id);
    const taxOfRefund = (): number =>
      onReceipts?.cents === receiptCents
        ? onReceipts.taxCents
        : taxThatCame(facts, { ...back, cents: receiptCents }, { beforeCents, came, isByHand });
    const counted = { ...back, cents: isByHand || isAgain ? cents - leftOutCents : cents };
    const byItem = new Map(
      kind === 'refund'
        ? refundedItems(counted, { currency, came, taxCents: taxOfRefund() })
        : returnedItems(cents - (notOwed.get(back.id) ?? 0), { currency, received: came, otherwise: item }),
    );
    const taxCents = byItem.get('tax') ?? 0;
    if (kind === 'refund' && isAgain) {
      const gone = returnedItems(leftOutCents, { currency, received: came, otherwise: item });
      for (const [of, share] of gone) addTo(byItem, of, share);
    }
    for (const [of, share] of byItem) addTo(came, of, -share);
    if (kind === 'refund') refunded.set(paymentId, beforeCents + receiptCents);
    if (kind !== 'refund')
      return { back, item, byItem, taxCents, paidOutCents, netCents: 0, reducedCents: 0 };
    const netCents = receiptCents - taxCents;
    const owedCents = netCents - Math.min(netCents, onReceipts?.releasedCents ?? 0);
    const offOwedCents = Math.min(owedCents, Math.max(heldCents, onReceipts?.heldCents ?? 0));
    const fromHeldCents = back.invoiceKind === 'deposit' ? offOwedCents : 0;
    heldCents = Math.max(0, heldCents - fromHeldCents);
    const reducedCents = netCents - fromHeldCents;
    return { back, item, byItem, taxCents, paidOutCents, netCents, reducedCents };
  });
}

function copyOf(received: ReadonlyMap<number, ItemCents>): Map<number | null, Map<RevenueItem, number>> {
  return new Map([...received].map(([id, byItem]) => [id, new Map(byItem)]));
}

function receiptedByRefund({
  returns,
  failedRefunds,
  receipts,
}: ContractFacts): ReadonlyMap<number, Receipted> {
  const made = returns.filter(({ kind }) => kind === 'refund').map((one) => ({ ...one, hasFailed: false }));
  return receiptedRefunds([...made, ...failedRefunds.map((one) => ({ ...one, hasFailed: true }))], receipts);
}

/**
 * What of each refund is left out of the books. With a payment that never came there, or is gone, the newest are; of
 * one that the bookkeeper enters what nobody owed is given back first.
 */
function leftOutByRefund(
  { returns, leftOut }: ContractFacts,
  received: ReadonlyMap<number, ItemCents>,
): Map<number, number> {
  const oldestFirst = returns.toSorted(byDay);
  const isOurs = ({ paymentId }: PartOfReturns): boolean => received.has(paymentId);
  return new Map([
    ...partByRefund(oldestFirst.toReversed(), leftOut.filter(isOurs)),
    ...partByRefund(
      oldestFirst,
      leftOut.filter((one) => !isOurs(one)),
    ),
  ]);
}

/** Which part of each refund is meant, by the refund's id; the first of the list are meant first. */
function partByRefund(returns: readonly ReturnFact[], parts: readonly PartOfReturns[]): Map<number, number> {
  return partById(
    returns.filter(({ kind }) => kind === 'refund'),
    parts,
  );
}

/** The same of returns of one kind. */
function partById(returns: readonly ReturnFact[], parts: readonly PartOfReturns[]): Map<number, number> {
  const byId = new Map<number, number>();
  for (const { paymentId, cents } of parts) {
    let leftCents = cents;
    for (const back of returns.filter((one) => one.paymentId === paymentId)) {
      const partCents = Math.min(leftCents, back.cents);
      byId.set(back.id, partCents);
      leftCents -= partCents;
    }
  }
  return byId;
}

/** What an invoice is about as a whole. */
export function mainItem({ kind }: Pick<InvoiceFact, 'kind'>): RevenueItem {
  return kind === 'progress' || kind === 'final' ? 'work' : kind;
}

/**
 * What is held of a deposit that is owed to the customer, but for its refunds: they lower what is owed, and no income.
 * What is refunded beyond it was released to income already, but for what a receipt took off what is owed: the deposit
 * may have been voided since. As `standingOf` has it.
 */
function heldBeforeRefunds({ depositMode, invoices, applications }: ContractFacts): number {
  if (depositMode === 'income') return 0;
  const deposits = invoices.filter(({ kind }) => kind === 'deposit');
  const credits = deposits.map((one) => creditsOn(one, applications));
  const creditsCents = sumCents(
    credits.map(({ creditCents, workCreditCents }) => creditCents - workCreditCents),
  );
  const billedCents = sumCents(
    deposits.map(({ totalCents, taxCents, retainedCents }) => totalCents - taxCents + retainedCents),
  );
  const releasedCents = sumCents(invoices.map((invoice) => invoice.releasedCents));
  return Math.max(0, billedCents - releasedCents - creditsCents);
}

/** A refund comes off its tax first, then off the rest of what came in. */
function refundedItems(
  back: ReturnFact,
  { currency, came, taxCents }: { currency: string; came: ItemCents; taxCents: number },
): ItemCents {
  const received = new Map([...came].filter(([item]) => item !== 'tax'));
  const otherwise = mainItem({ kind: back.invoiceKind });
  const byItem = returnedItems(back.cents - taxCents, { currency, received, otherwise });
  addTo(byItem, 'tax', taxCents);
  return byItem;
}

/**
 * What a receipt would take off as tax; where nothing of it came in, none is given back. A payment that the bookkeeper
 * enters is on its invoice, entered yet or not.
 */
function taxThatCame(
  facts: ContractFacts,
  back: ReturnFact,
  { beforeCents, came, isByHand }: { beforeCents: number; came: ItemCents; isByHand: boolean },
): number {
  return isByHand || came.has('tax') ? receiptTaxCents(facts, back, beforeCents) : 0;
}

/** What the receipt of a refund takes off as tax, by the invoice that its payment is on. */
function receiptTaxCents(facts: ContractFacts, back: ReturnFact, beforeCents: number): number {
  const { currency, isTaxCountedThere } = facts;
  const invoice = invoicePaid(facts, back);
  if (!invoice) return 0;
  const { totalCents, taxCents, lines } = invoice;
  const work = lines.filter(({ kind }) => kind === 'work');
  const taxed = { currency, totalCents, taxCents, taxedCents: sumCents(work.map((line) => line.cents)) };
  const part = refundedTax(taxed, { amountCents: back.cents, beforeCents });
  if (part === null) return 0;
  return isTaxCountedThere ? taxOnPart(taxed, part.netCents) : part.taxCents;
}

/** The invoice that a payment is on; of one that the bookkeeper enters the one that it was for. */
function invoicePaid(
  { invoices, applications }: ContractFacts,
  { paymentId, invoiceKind, invoiceId }: ReturnFact,
): InvoiceFact | undefined {
  const paid = new Set(applications.flatMap((one) => (one.paymentId === paymentId ? [one.invoiceId] : [])));
  if (paid.size === 0) return invoices.find(({ id }) => id === invoiceId);
  return invoices.findLast(({ id, kind }) => kind === invoiceKind && paid.has(id));
}

function byDay(one: ReturnFact, other: ReturnFact): number {
  if (one.on !== other.on) return one.on < other.on ? -1 : 1;
  return one.kind === other.kind ? one.id - other.id : one.kind < other.kind ? -1 : 1;
}
