import { type Body, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import { paymentRules, replacePaymentLines } from './payment.ts';
import type { RuleContext } from './rule-context.ts';
import { updatePaymentTargets } from './payment-targets.ts';

function isOn(context: RuleContext): boolean {
  return context.company.preferences('SalesFormsPrefs').AutoApplyCredit === true;
}

/** The customer's records with something left in `field`, oldest first. */
function openOf(
  context: RuleContext,
  entity: 'Invoice' | 'Payment' | 'CreditMemo',
  customerId: string,
  field: string,
): Body[] {
  return context.company.store
    .all(entity)
    .filter((one) => refOf(one, 'CustomerRef') === customerId && minorOf(one[field], currencyOf(one)) > 0);
}

function link(minor: number, type: string, body: Body): Body {
  return { Amount: majorOf(minor, currencyOf(body)), LinkedTxn: [{ TxnId: body.Id, TxnType: type }] };
}

/** QBO records the use of a credit memo as a payment of nothing with two equal lines. */
function applyMemo(context: RuleContext, memo: Body, invoice: Body): void {
  const currency = currencyOf(invoice);
  const minor = Math.min(minorOf(memo.Balance, currency), minorOf(invoice.Balance, currency));
  const draft = {
    CustomerRef: { value: refOf(invoice, 'CustomerRef') },
    TotalAmt: 0,
    PrivateNote: 'Created by QB Online to link credits to charges.',
    Line: [link(minor, 'Invoice', invoice), link(minor, 'CreditMemo', memo)],
  };
  const payment = context.unit.create('Payment', paymentRules.complete(context, draft, undefined));
  updatePaymentTargets(context, 'Payment', payment, undefined);
}

/**
 * With `AutoApplyCredit` a new invoice is met by what the customer has to his credit: unapplied payments,
 * then credit memos.
 */
export function applyCreditsTo(context: RuleContext, invoiceId: string): void {
  if (!isOn(context)) return;
  const invoice = (): Body => context.unit.get('Invoice', invoiceId);
  const customerId = refOf(invoice(), 'CustomerRef')!;
  const currency = currencyOf(invoice());
  const owed = (): number => minorOf(invoice().Balance, currency);
  for (const payment of openOf(context, 'Payment', customerId, 'UnappliedAmt')) {
    const minor = Math.min(minorOf(payment.UnappliedAmt, currency), owed());
    if (minor > 0)
      replacePaymentLines(context, 'Payment', payment, [
        ...rowsOf(payment, 'Line'),
        link(minor, 'Invoice', invoice()),
      ]);
  }
  for (const memo of openOf(context, 'CreditMemo', customerId, 'Balance'))
    if (owed() > 0) applyMemo(context, memo, invoice());
}

/** With `AutoApplyCredit` a new credit memo goes to the customer's oldest open invoices. */
export function applyMemoToInvoices(context: RuleContext, memoId: string): void {
  if (!isOn(context)) return;
  const memo = (): Body => context.unit.get('CreditMemo', memoId);
  for (const invoice of openOf(context, 'Invoice', textOf(memo().CustomerRef as Body, 'value')!, 'Balance')) {
    if (minorOf(memo().Balance, currencyOf(invoice)) > 0) applyMemo(context, memo(), invoice);
  }
}
