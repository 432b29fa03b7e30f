import type { QboRecord } from '../../sandbox/control-client.ts';
import { centsFromDecimal } from '../../src/platform/money/cents.js';
import { beginsWith } from '../support/books.js';
import type {
  BookedDocument,
  BooksMoney,
  CrmMoney,
  MoneySides,
  OpenItem,
  StripePayment,
} from './money-oracle.ts';
import type { MoneyPlayer } from './money-player.ts';

/** A played story, as far as it is read. */
type Played = Pick<MoneyPlayer, 'books' | 'contractor' | 'intents' | 'proposalId'>;

/** Reads what Stripe, the CRM and QuickBooks say of the money of a played story. */
export async function sidesOf(player: Played): Promise<MoneySides> {
  const [stripe, crm] = await Promise.all([stripeSide(player), crmSide(player)]);
  return { stripe, crm, books: await booksSide(player) };
}

async function stripeSide({ books, intents }: Played): Promise<StripePayment[]> {
  const parts = async (list: string, intent: string) => {
    const { data } = await books.stripe.show(`${list}?payment_intent=${intent}&limit=100`);
    return (data as { amount: number; status: string }[]).map(({ amount, status }) => ({
      amountCents: amount,
      status,
    }));
  };
  return Promise.all(
    intents.map(async (intent) => ({
      intent,
      amountCents: (await books.stripe.show(`payment_intents/${intent}`)).amount as number,
      refunds: await parts('refunds', intent),
      disputes: await parts('disputes', intent),
    })),
  );
}

async function crmSide({ books, contractor, proposalId }: Played): Promise<CrmMoney> {
  const { admin, orgId } = contractor;
  const [proposal, payments, inbox, rows] = await Promise.all([
    admin.get(`/proposals/${proposalId}`),
    admin.get(`/payments?proposal_id=${proposalId}`),
    admin.get('/inbox?limit=100'),
    books.database.query<{ id: number; intent: string; state: string | null }>(
      `select p.id::int as id, p.stripe_payment_intent_id as intent, o.state
         from payments p
         left join lateral (
           select state from sync_operations
            where org_id = p.org_id and kind = 'payment.create' and entity_id = p.id
            order by generation desc limit 1) o on true
        where p.org_id = $1 and p.proposal_id = $2`,
      [orgId, proposalId],
    ),
  ]);
  const { qbo_invoice_id: invoiceId, qbo_balance_cents: balanceCents, qbo_state: state } = proposal.body;
  return {
    currency: proposal.body.currency,
    depositPaidCents: proposal.body.deposit_paid_cents,
    payments: payments.body.items.map((one: Record<string, number>) => {
      const row = rows.find(({ id }) => id === one.id)!;
      return {
        intent: row.intent,
        amountCents: one.amount_cents,
        refundedCents: one.refunded_cents,
        lostCents: one.lost_cents,
        netCents: one.net_cents,
        isBlocked: row.state === 'waiting',
      };
    }),
    invoice: invoiceId === null ? null : { balanceCents, state },
    items: inbox.body.items
      .filter((one: { proposal_id: number | null }) => [proposalId, null].includes(one.proposal_id))
      .map(({ code, reason }: OpenItem) => ({ code, reason })),
  };
}

async function booksSide({ books, contractor, proposalId }: Played): Promise<BooksMoney> {
  const { realmId, admin } = contractor;
  const [invoices, payments, receipts] = await Promise.all(
    (['Invoice', 'Payment', 'RefundReceipt'] as const).map((entity) =>
      books.control.records(realmId, entity),
    ),
  );
  const { body } = await admin.get(`/proposals/${proposalId}`);
  const invoice = invoices!.find(({ Id, status }) => status !== 'Deleted' && Id === body.qbo_invoice_id);
  const own = payments!.filter(isOurs);
  return {
    invoice: invoice
      ? { balanceCents: centsFromDecimal(invoice.Balance), totalCents: centsFromDecimal(invoice.TotalAmt) }
      : null,
    payments: own.filter(isThere).map(bookedDocument),
    refundReceipts: receipts!.filter(isOurs).filter(isThere).map(bookedDocument),
    undone: new Set(own.filter((record) => !isThere(record)).map((record) => bookedDocument(record).intent)),
  };
}

function noteIn(note: unknown): string {
  return typeof note === 'string' ? note : '';
}

function isOurs({ PrivateNote }: QboRecord): boolean {
  return beginsWith(PrivateNote, 'crm:') || noteIn(PrivateNote).includes('Stripe pi_');
}

/** Neither deleted nor voided. */
function isThere({ status, TotalAmt }: QboRecord): boolean {
  return status !== 'Deleted' && Number(TotalAmt) > 0;
}

/** The note ends with Stripe's id of the payment. */
function bookedDocument({ PrivateNote, TotalAmt }: QboRecord): BookedDocument {
  return { intent: noteIn(PrivateNote).split('Stripe ').at(-1)!, totalCents: centsFromDecimal(TotalAmt) };
}
