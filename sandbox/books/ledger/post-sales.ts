import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { minorOf } from '../money.ts';
import type { Store } from '../store.ts';
import { ACCOUNT } from './accounts.ts';
import type { PostingContext } from './posting-context.ts';
import { type Draft, openItemKey } from './posting.ts';

function incomeAccountOf(store: Store, detail: Body): string {
  const own = refOf(detail, 'ItemAccountRef');
  return own ?? refOf(store.find('Item', refOf(detail, 'ItemRef')), 'IncomeAccountRef') ?? ACCOUNT.services;
}

function lineDrafts(store: Store, line: Body, currency: string, sign: 1 | -1): Draft[] {
  const amount = minorOf(line.Amount, currency);
  const id = textOf(line, 'Id');
  const mark = id === undefined ? {} : { line: id };
  switch (line.DetailType) {
    case 'SalesItemLineDetail': {
      const account = incomeAccountOf(store, partOf(line, 'SalesItemLineDetail'));
      return [{ account, amount: -sign * amount, ...mark }];
    }
    case 'GroupLineDetail':
      return rowsOf(partOf(line, 'GroupLineDetail'), 'Line').flatMap((inner) =>
        lineDrafts(store, inner, currency, sign).map((draft) => ({ ...draft, ...mark })),
      );
    case 'DiscountLineDetail': {
      const account =
        refOf(partOf(line, 'DiscountLineDetail'), 'DiscountAccountRef') ?? ACCOUNT.discountsGiven;
      return [{ account, amount: sign * amount, ...mark }];
    }
    default:
      return [];
  }
}

function taxDrafts(body: Body, currency: string, sign: 1 | -1): Draft[] {
  const tax = minorOf(partOf(body, 'TxnTaxDetail').TotalTax, currency);
  return [{ account: ACCOUNT.salesTaxPayable, amount: -sign * tax }];
}

/** What a sales form sells: income, discounts and tax. `sign` -1 takes it back. */
function soldDrafts({ store, currency }: PostingContext, body: Body, sign: 1 | -1): Draft[] {
  const lines = rowsOf(body, 'Line').flatMap((line) => lineDrafts(store, line, currency, sign));
  return [...lines, ...taxDrafts(body, currency, sign)];
}

function openDraft(context: PostingContext, entity: string, body: Body, amount: number): Draft {
  const id = refOf(body, 'CustomerRef')!;
  const openItem = openItemKey(entity, textOf(body, 'Id')!, id);
  return {
    account: context.openAccount('receivable', body),
    amount,
    party: { type: 'Customer', id },
    openItem,
  };
}

/** Debits what is owed, and what the invoice's own Deposit already brought in; credits what was sold. */
export function postInvoice(context: PostingContext, body: Body): Draft[] {
  const deposit = minorOf(body.Deposit, context.currency);
  const total = minorOf(body.TotalAmt, context.currency);
  return [
    openDraft(context, 'Invoice', body, total - deposit),
    {
      account: refOf(body, 'DepositToAccountRef') ?? ACCOUNT.undepositedFunds,
      amount: deposit,
      isDeposit: true,
    },
    ...soldDrafts(context, body, 1),
  ];
}

export function postCreditMemo(context: PostingContext, body: Body): Draft[] {
  const total = minorOf(body.TotalAmt, context.currency);
  return [openDraft(context, 'CreditMemo', body, -total), ...soldDrafts(context, body, -1)];
}

/** Sales receipts and refund receipts: money against what was sold, nothing left open. */
export function postReceipt(sign: 1 | -1): (context: PostingContext, body: Body) => Draft[] {
  return (context, body) => {
    const account = refOf(body, 'DepositToAccountRef') ?? ACCOUNT.undepositedFunds;
    const amount = sign * minorOf(body.TotalAmt, context.currency);
    return [{ account, amount }, ...soldDrafts(context, body, sign)];
  };
}
