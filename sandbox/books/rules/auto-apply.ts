import { type Body, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../standing.ts';
import { paymentRules, relinePayment } from './payment.ts';
import type { Work } from './rules.ts';
import { settleApplications } from './settlement.ts';

function isOn(work: Work): boolean {
  return work.company.preferences('SalesFormsPrefs').AutoApplyCredit === true;
}

/** The customer's records with something left in `field`, oldest first. */
function openOf(
  work: Work,
  entity: 'Invoice' | 'Payment' | 'CreditMemo',
  customerId: string,
  field: string,
): Body[] {
  return work.company.store
    .all(entity)
    .filter((one) => refOf(one, 'CustomerRef') === customerId && minorOf(one[field], currencyOf(one)) > 0);
}

function link(minor: number, type: string, body: Body): Body {
  return { Amount: majorOf(minor, currencyOf(body)), LinkedTxn: [{ TxnId: body.Id, TxnType: type }] };
}

/** QBO records the use of a credit memo as a payment of nothing with two equal lines. */
function applyMemo(work: Work, memo: Body, invoice: Body): void {
  const currency = currencyOf(invoice);
  const minor = Math.min(minorOf(memo.Balance, currency), minorOf(invoice.Balance, currency));
  const draft = {
    CustomerRef: { value: refOf(invoice, 'CustomerRef') },
    TotalAmt: 0,
    PrivateNote: 'Created by QB Online to link credits to charges.',
    Line: [link(minor, 'Invoice', invoice), link(minor, 'CreditMemo', memo)],
  };
  const payment = work.writing.create('Payment', paymentRules.complete(work, draft, undefined));
  settleApplications(work, 'Payment', payment, undefined);
}

/** With `AutoApplyCredit` a new invoice is met by what the customer has to his credit: unapplied payments, then credit memos. */
export function applyCreditsTo(work: Work, invoiceId: string): void {
  if (!isOn(work)) return;
  const invoice = (): Body => work.writing.get('Invoice', invoiceId);
  const customerId = refOf(invoice(), 'CustomerRef')!;
  const currency = currencyOf(invoice());
  const owed = (): number => minorOf(invoice().Balance, currency);
  for (const payment of openOf(work, 'Payment', customerId, 'UnappliedAmt')) {
    const minor = Math.min(minorOf(payment.UnappliedAmt, currency), owed());
    if (minor > 0)
      relinePayment(work, 'Payment', payment, [
        ...rowsOf(payment, 'Line'),
        link(minor, 'Invoice', invoice()),
      ]);
  }
  for (const memo of openOf(work, 'CreditMemo', customerId, 'Balance'))
    if (owed() > 0) applyMemo(work, memo, invoice());
}

/** With `AutoApplyCredit` a new credit memo goes to the customer's oldest open invoices. */
export function applyMemoToInvoices(work: Work, memoId: string): void {
  if (!isOn(work)) return;
  const memo = (): Body => work.writing.get('CreditMemo', memoId);
  for (const invoice of openOf(work, 'Invoice', textOf(memo().CustomerRef as Body, 'value')!, 'Balance')) {
    if (minorOf(memo().Balance, currencyOf(invoice)) > 0) applyMemo(work, memo(), invoice);
  }
}
