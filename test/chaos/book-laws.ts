import { documentLaws } from './document-laws.ts';
import type { BookedDocument, BooksFacts, CrmFacts, Difference } from './facts.ts';
import { currencyOf, hasItem, isLive, moneyOf, sum } from './reading.ts';

/** Between an organisation's rows and its books: documents, what pays what, money and customers. Pure. */
export function bookLaws(crm: CrmFacts, books: BooksFacts): Difference[] {
  return [
    ...documentLaws(crm, books),
    ...invoiceLaws(crm, books),
    ...appliedLaws(crm, books),
    ...crm.payments.flatMap((payment) => moneyLaws(crm, books, payment)),
    ...customerLaws(crm, books),
  ];
}

/** Every invoice stands here as it stands there, and the proposal shows the newest that is there. */
function invoiceLaws({ invoices, proposals }: CrmFacts, books: BooksFacts): Difference[] {
  const law = 'an invoice is as QuickBooks has it';
  const rows = invoices.flatMap(({ qboId, number, state, totalCents, balanceCents, proposalId }) => {
    if (qboId === null) return [];
    const name = `invoice ${number ?? qboId}`;
    const there = books.invoices.find(({ id }) => id === qboId);
    if (!there) return [{ law, what: `${name} is not in QuickBooks`, proposalId }];
    const expected = statesOf(there);
    if (!expected.includes(state ?? '')) {
      return [{ law, what: `${name} is ${state ?? 'unread'} here and ${expected[0]} there`, proposalId }];
    }
    if (!isLive(there) || (there.totalCents === totalCents && there.balanceCents === balanceCents)) return [];
    const here = `${balanceCents ?? '?'} of ${totalCents ?? '?'}`;
    return [
      {
        law,
        what: `${name} is open over ${here} here, ${there.balanceCents} of ${there.totalCents} there`,
        proposalId,
      },
    ];
  });
  const shown = proposals.flatMap(({ id: proposalId, qboInvoiceId, qboBalanceCents }) => {
    const there = books.invoices.find(({ id }) => id === qboInvoiceId);
    if (!there || !isLive(there) || there.balanceCents === qboBalanceCents) return [];
    const what = `proposal ${proposalId} shows ${qboBalanceCents ?? '?'} open, ${there.balanceCents} is`;
    return [{ law, what, proposalId }];
  });
  return [...rows, ...shown];
}

function statesOf(invoice: BookedDocument): string[] {
  if (invoice.isDeleted) return ['deleted'];
  if (invoice.isVoided) return ['voided'];
  if (invoice.balanceCents === 0) return ['paid', 'settled_by_credit'];
  return invoice.balanceCents < invoice.totalCents ? ['partially_paid', 'overdue'] : ['open', 'overdue'];
}

/** What pays which of our invoices, payment by payment. */
function appliedLaws({ applied, invoices }: CrmFacts, books: BooksFacts): Difference[] {
  const law = 'a payment is on the invoice that QuickBooks has it on';
  const ours = new Map(invoices.map(({ qboId, proposalId }) => [qboId, proposalId]));
  const living = new Set(books.invoices.filter(isLive).map(({ id }) => id));
  const there = books.payments
    .filter(isLive)
    .flatMap(({ id, lines }) =>
      lines
        .filter(({ invoiceId, cents }) => ours.has(invoiceId) && living.has(invoiceId) && cents > 0)
        .map(({ invoiceId, cents }) => ({ paymentQboId: id, invoiceQboId: invoiceId, cents })),
    );
  const here = applied.filter(({ invoiceQboId }) => living.has(invoiceQboId));
  const missing = (
    from: typeof there,
    among: readonly (typeof there)[number][],
    where: string,
  ): Difference[] =>
    from
      .filter((one) => !among.some((other) => nameOf(one) === nameOf(other)))
      .map((one) => {
        const proposalId = ours.get(one.invoiceQboId);
        return {
          law,
          what: `${nameOf(one)} is ${where}`,
          ...(proposalId === undefined ? {} : { proposalId }),
        };
      });
  return [...missing(there, here, 'not known here'), ...missing([...here], there, 'not so in QuickBooks')];
}

function nameOf({ paymentQboId, invoiceQboId, cents }: CrmFacts['applied'][number]): string {
  return `${cents} of payment ${paymentQboId} on invoice ${invoiceQboId}`;
}

/**
 * One payment and what was given back of it, in the books. Where nothing is left, a bookkeeper may have undone it, or
 * it never came there since its invoice was gone; then what was given back may stay out of them as well.
 */
function moneyLaws(crm: CrmFacts, books: BooksFacts, payment: CrmFacts['payments'][number]): Difference[] {
  const { id, intent, cents, proposalId } = payment;
  const money = (amount: number): string => moneyOf(amount, currencyOf(crm, proposalId));
  const own = books.payments.filter(({ note }) => note.endsWith(`Stripe ${intent}`));
  const paid = sum(own.filter(isLive).map(({ totalCents }) => totalCents));
  const receipts = books.refundReceipts.filter((one) => isLive(one) && one.note.endsWith(`Stripe ${intent}`));
  const returned = sum(receipts.map(({ totalCents }) => totalCents));
  // One that a bank has not taken yet can fail: it comes into the books once it has.
  const refunds = crm.refunds.filter(({ paymentId, state }) => paymentId === id && state === 'succeeded');
  const refunded = sum(refunds.map((refund) => refund.cents));
  const lost = crm.disputes.filter(({ paymentId, state }) => paymentId === id && state === 'lost');
  const isGivenBack = refunded + sum(lost.map((dispute) => dispute.cents)) >= cents;
  const isWaiting = crm.operations.some(
    ({ kind, entityId, state }) => kind === 'payment.create' && entityId === id && state === 'waiting',
  );
  const isWithPerson =
    hasItem(crm, proposalId, `The payment of ${money(cents)} for`) || (isWaiting && hasItem(crm, proposalId));
  const isRefused = (of: string): boolean =>
    crm.operations.findLast(({ kind, entityId }) => kind === of && entityId === id)?.state === 'refused';
  const isUndone = own.some((one) => !isLive(one)) && isGivenBack;
  const isLeftOut = own.length === 0 && isGivenBack && isRefused('payment.create');
  const found: Difference[] = [];
  if (paid !== cents && !(paid === 0 && (isWithPerson || isUndone || isLeftOut))) {
    const what = `${intent} over ${cents} is ${paid} in ${own.filter(isLive).length} payments there`;
    found.push({ law: 'one payment is one payment in the books', what, proposalId });
  }
  const isBeforePerson =
    returned > refunded
      ? hasItem(crm, proposalId, `${money(returned - refunded)} of refunds for`)
      : hasItem(crm, proposalId, `The refund of ${money(refunded - returned)} for`) ||
        (returned === 0 &&
          paid === 0 &&
          (isWithPerson || ((isUndone || isLeftOut) && isRefused('refund.create'))));
  if (returned !== refunded && !isBeforePerson) {
    const what = `${refunded} of ${intent} was given back, ${returned} in ${receipts.length} receipts there`;
    found.push({ law: 'what was given back is given back in the books', what, proposalId });
  }
  for (const dispute of lost) {
    if (hasItem(crm, proposalId, `took back ${money(dispute.cents)} of`)) continue;
    found.push({
      law: 'a lost dispute is with a person',
      what: `${dispute.stripeId} over ${dispute.cents}`,
      proposalId,
    });
  }
  return found;
}

/** A customer is one customer there in each currency: no twin by its e-mail, and the link leads to it. */
function customerLaws({ customers }: CrmFacts, books: BooksFacts): Difference[] {
  const law = 'a customer is one customer in QuickBooks';
  return customers.flatMap(({ id, email, qboId }) => {
    const there = books.customers.filter((one) => one.isActive && one.email === email);
    const twins = [...Map.groupBy(there, ({ currency }) => currency).values()].filter(
      (same) => same.length > 1,
    );
    if (twins.length > 0) {
      const ids = twins.flat().map((one) => one.id);
      return [{ law, what: `customer ${id} is ${ids.join(' and ')} there` }];
    }
    if (qboId !== null && !books.customers.some((one) => one.id === qboId)) {
      return [{ law, what: `customer ${id} is linked to ${qboId}, which is not there` }];
    }
    return [];
  });
}
