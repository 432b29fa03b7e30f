import type { QboRecord } from '../../sandbox/control-client.ts';
import type { BookedDocument, BooksFacts, StripeFacts } from './facts.ts';
import { type Installation, STRIPE_KEY } from './installation.ts';

const PAGE = 100;

/** A decimal of dollars as cents; exact for two decimals. */
function centsOf(amount: unknown): number {
  return Math.round(Number(amount ?? 0) * 100);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function ref(field: unknown): string {
  return text((field as { value?: string } | undefined)?.value);
}

/** Items on an account of what is owed: what is withheld of an invoice is no income to QuickBooks. */
async function withheldItems({ control }: Installation, realmId: string): Promise<ReadonlySet<string>> {
  const accounts = new Set(
    (await control.records(realmId, 'Account'))
      .filter(({ AccountType }) => AccountType === 'Other Current Asset')
      .map(({ Id }) => Id),
  );
  const items = await control.records(realmId, 'Item');
  return new Set(items.filter((one) => accounts.has(ref(one.IncomeAccountRef))).map(({ Id }) => Id));
}

function workCentsOf(lines: readonly Record<string, unknown>[], withheld: ReadonlySet<string>): number {
  const sold = lines.flatMap(({ Amount, SalesItemLineDetail: detail }) =>
    detail === undefined || withheld.has(ref((detail as Record<string, unknown>).ItemRef)) ? [] : [Amount],
  );
  return sold.reduce<number>((total, amount) => total + centsOf(amount), 0);
}

function documentOf(record: QboRecord, withheld: ReadonlySet<string>): BookedDocument {
  const note = text(record.PrivateNote);
  const lines = Array.isArray(record.Line) ? (record.Line as Record<string, unknown>[]) : [];
  return {
    id: record.Id,
    customerId: ref(record.CustomerRef),
    number: text(record.DocNumber),
    note,
    totalCents: centsOf(record.TotalAmt),
    balanceCents: centsOf(record.Balance),
    isDeleted: record.status === 'Deleted',
    isVoided: note.startsWith('Voided'),
    currency: ref(record.CurrencyRef) || 'USD',
    rate: Number(record.ExchangeRate ?? 1),
    workCents: workCentsOf(lines, withheld),
    lines: lines.flatMap(({ Amount, LinkedTxn }) =>
      ((LinkedTxn ?? []) as { TxnId: string; TxnType: string }[])
        .filter(({ TxnType }) => TxnType === 'Invoice')
        .map(({ TxnId }) => ({ invoiceId: TxnId, cents: centsOf(Amount) })),
    ),
  };
}

/** Reads the books of a company as they stand, by the sandbox's own control routes. */
export async function readBooks(at: Installation, realmId: string): Promise<BooksFacts> {
  const { control } = at;
  const withheld = await withheldItems(at, realmId);
  const documents = async (entity: 'Invoice' | 'Payment' | 'RefundReceipt' | 'CreditMemo') =>
    (await control.records(realmId, entity)).map((record) => documentOf(record, withheld));
  const customers = await control.records(realmId, 'Customer');
  return {
    customers: customers.map((record) => ({
      id: record.Id,
      email: text((record.PrimaryEmailAddr as { Address?: string } | undefined)?.Address),
      isActive: record.Active !== false && record.status !== 'Deleted',
      currency: ref(record.CurrencyRef) || 'USD',
    })),
    invoices: await documents('Invoice'),
    payments: await documents('Payment'),
    refundReceipts: await documents('RefundReceipt'),
    creditMemos: await documents('CreditMemo'),
    costs: (await control.records(realmId, 'Bill'))
      .filter(({ status }) => status !== 'Deleted')
      .flatMap(({ CurrencyRef, Line }) =>
        (Line as { Amount?: unknown }[]).map(({ Amount }) => ({
          currency: ref(CurrencyRef) || 'USD',
          cents: centsOf(Amount),
        })),
      ),
  };
}

interface StripeRow {
  id: string;
  payment_intent: string | null;
  payment_status: string;
  amount_total: number;
  amount: number;
  status: string;
}

/** Reads Stripe's lists through its API, to their ends. */
export async function readStripe({ sandbox, control }: Installation): Promise<StripeFacts> {
  const all = async (list: string): Promise<StripeRow[]> => {
    const rows: StripeRow[] = [];
    for (;;) {
      const after = rows.length > 0 ? `&starting_after=${rows.at(-1)!.id}` : '';
      const answer = await fetch(`${sandbox.url}/v1/${list}?limit=${PAGE}${after}`, {
        headers: { authorization: `Bearer ${STRIPE_KEY}` },
      });
      const page = (await answer.json()) as { data: StripeRow[]; has_more: boolean };
      rows.push(...page.data);
      if (!page.has_more) return rows;
    }
  };
  const sessions = await all('checkout/sessions');
  const moved = ({ id, payment_intent: intent, amount, status }: StripeRow) => ({
    id,
    intent: intent ?? '',
    cents: amount,
    status,
  });
  return {
    charges: sessions
      .filter(({ payment_status }) => payment_status === 'paid')
      .map(({ id, payment_intent: intent, amount_total: cents }) => ({
        intent: intent ?? '',
        session: id,
        cents,
      })),
    refunds: (await all('refunds')).map(moved),
    disputes: (await all('disputes')).map(moved),
    eventIds: (await control.stripe.events()).events.map(({ id }) => id),
  };
}
