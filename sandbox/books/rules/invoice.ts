import { currencyOf } from '../currency-of.ts';
import { businessRule, cannotLink } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { minorOf } from '../money.ts';
import { addDays } from '../pacific.ts';
import { applyCreditsTo, applyMemoToInvoices } from './auto-apply.ts';
import { billCharges } from './billable.ts';
import { unapplyAll, unapplyBeforeDelete, withBalance } from './balance-due.ts';
import { appliedOn } from './payment.ts';
import type { Rules, RuleContext } from './rule-context.ts';
import { completeSale, homeAmounts, voidedSale } from './sale.ts';

const DAYS_WITHOUT_TERMS = 30;

/** A due date sent wins; else the terms of the form, the customer or the company; else 30 days. */
function dueDateOf(context: RuleContext, sent: Body, invoice: Body): string {
  const given = textOf(sent, 'DueDate');
  if (given !== undefined) return given;
  const { store } = context.company;
  const customer = store.find('Customer', refOf(invoice, 'CustomerRef'));
  const defaultTerm = textOf(partOf(context.company.preferences('SalesFormsPrefs'), 'DefaultTerms'), 'value');
  const term = store.find(
    'Term',
    refOf(sent, 'SalesTermRef') ?? refOf(customer, 'SalesTermRef') ?? defaultTerm,
  );
  return addDays(textOf(invoice, 'TxnDate')!, Number(term?.DueDays ?? DAYS_WITHOUT_TERMS));
}

/** Whether the invoices made from an estimate, this one too, come to less than it. */
function isPartOf({ company }: RuleContext, estimate: Body, invoice: Body): boolean {
  const total = (body: Body | undefined): number => minorOf(body?.TotalAmt, currencyOf(estimate));
  const earlier = rowsOf(estimate, 'LinkedTxn').map(({ TxnId }) =>
    company.store.find('Invoice', TxnId as string),
  );
  return [invoice, ...earlier].reduce((sum, one) => sum + total(one), 0) < total(estimate);
}

/**
 * An invoice made from an estimate closes it and is linked from it, which moves its time and not its token; one for a
 * part may not close it: a switch.
 */
function closeEstimates(context: RuleContext, invoice: Body): void {
  const link = { TxnId: invoice.Id, TxnType: 'Invoice' };
  const { partialInvoiceOfEstimate } = context.company.world.switches;
  for (const { TxnId, TxnType } of rowsOf(invoice, 'LinkedTxn')) {
    if (TxnType !== 'Estimate') continue;
    const estimate = context.unit.get('Estimate', TxnId as string);
    const isPart = partialInvoiceOfEstimate !== 'closes' && isPartOf(context, estimate, invoice);
    if (isPart && partialInvoiceOfEstimate === 'refused')
      throw cannotLink('the invoice is for a part of the estimate');
    const LinkedTxn = [link, ...rowsOf(estimate, 'LinkedTxn')];
    const closed = { ...estimate, TxnStatus: isPart ? 'Accepted' : 'Closed', LinkedTxn };
    context.unit.put('Estimate', closed, { keepsToken: true });
  }
}

export const invoiceRules: Rules = {
  complete(context, sent, before) {
    const sale = completeSale(context, 'Invoice', sent, before);
    const owed = withBalance(context, 'Payment', 'Invoice', { ...sale, ...deposit(sent) }, before);
    return {
      AllowIPNPayment: sent.AllowIPNPayment ?? false,
      AllowOnlinePayment: sent.AllowOnlinePayment ?? false,
      AllowOnlineCreditCardPayment: sent.AllowOnlineCreditCardPayment ?? false,
      AllowOnlineACHPayment: sent.AllowOnlineACHPayment ?? false,
      ...owed,
      DueDate: dueDateOf(context, sent, sale),
      ...homeAmounts(context, owed, 'TotalAmt', 'Balance'),
    };
  },
  afterWrite(context, after, before) {
    billCharges(context, after, before);
    if (before) return;
    closeEstimates(context, after);
    applyCreditsTo(context, textOf(after, 'Id')!);
  },
  voided(context, body) {
    if (
      appliedOn(body) > 0 &&
      context.company.world.switches.voidPaidInvoice === 'refuse' &&
      !context.byHand
    ) {
      throw businessRule('You cannot void an invoice that has payments applied.');
    }
    unapplyAll(context, 'Payment', 'Invoice', body);
    billCharges(context, undefined, body);
    const { Deposit: _deposit, ...emptied } = voidedSale(context, body);
    return emptied;
  },
  beforeDelete(context, body) {
    unapplyBeforeDelete(context, 'Payment', 'Invoice', body);
    billCharges(context, undefined, body);
  },
};

/** A deposit of nothing is not shown. */
function deposit(sent: Body): Body {
  return sent.Deposit ? { Deposit: sent.Deposit } : { Deposit: undefined };
}

export const creditMemoRules: Rules = {
  complete(context, sent, before) {
    const memo = withBalance(
      context,
      'Payment',
      'CreditMemo',
      completeSale(context, 'CreditMemo', sent, before),
      before,
    );
    return { ...memo, RemainingCredit: memo.Balance, ...homeAmounts(context, memo, 'TotalAmt', 'Balance') };
  },
  afterWrite(context, after, before) {
    if (!before) applyMemoToInvoices(context, textOf(after, 'Id')!);
  },
  voided(context, body) {
    unapplyAll(context, 'Payment', 'CreditMemo', body);
    return { ...voidedSale(context, body), RemainingCredit: 0 };
  },
  beforeDelete(context, body) {
    unapplyBeforeDelete(context, 'Payment', 'CreditMemo', body);
  },
};
