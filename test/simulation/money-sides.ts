import type { QboRecord } from '../../sandbox/control-client.ts';
import { centsFromDecimal } from '../../src/platform/money/cents.js';
import { beginsWith } from '../support/books.js';
import type { BooksMoney, CrmMoney, MoneySides, StripePayment } from './money-oracle.ts';
import type { MoneyPlayer } from './money-player.ts';

/** Reads what Stripe, the CRM and QuickBooks say of the money of a played story. */
export async function sidesOf(player: MoneyPlayer): Promise<MoneySides> {
  const [stripe, crm] = await Promise.all([stripeSide(player), crmSide(player)]);
  return { stripe, crm, books: await booksSide(player) };
}

async function stripeSide({ books, intents }: MoneyPlayer): Promise<StripePayment[]> {
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

async function crmSide({ contractor: { admin }, proposalId }: MoneyPlayer): Promise<CrmMoney> {
  const [proposal, payments, inbox] = await Promise.all([
    admin.get(`/proposals/${proposalId}`),
    admin.get(`/payments?proposal_id=${proposalId}`),
    admin.get('/inbox'),
  ]);
  const { qbo_invoice_id: invoiceId, qbo_balance_cents: balanceCents, qbo_state: state } = proposal.body;
  return {
    depositPaidCents: proposal.body.deposit_paid_cents,
    payments: payments.body.items.map((one: Record<string, number>) => ({
      amountCents: one.amount_cents,
      refundedCents: one.refunded_cents,
      lostCents: one.lost_cents,
      netCents: one.net_cents,
    })),
    invoice: invoiceId === null ? null : { balanceCents, state },
    openCodes: inbox.body.items
      .filter((one: { proposal_id: number | null }) => [proposalId, null].includes(one.proposal_id))
      .map((one: { code: string }) => one.code),
  };
}

async function booksSide({ books, contractor, proposalId }: MoneyPlayer): Promise<BooksMoney> {
  const { realmId, admin } = contractor;
  const records = async (entity: 'Invoice' | 'Payment' | 'RefundReceipt') =>
    (await books.control.records(realmId, entity)).filter(({ status }) => status !== 'Deleted');
  const { body } = await admin.get(`/proposals/${proposalId}`);
  const invoice = (await records('Invoice')).find(({ Id }) => Id === body.qbo_invoice_id);
  const totalOf = (all: readonly QboRecord[]): number =>
    all.reduce((sum, { TotalAmt }) => sum + centsFromDecimal(TotalAmt), 0);
  return {
    invoice: invoice
      ? { balanceCents: centsFromDecimal(invoice.Balance), totalCents: centsFromDecimal(invoice.TotalAmt) }
      : null,
    ownPaymentCents: totalOf(
      (await records('Payment')).filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:')),
    ),
    refundReceiptCents: totalOf(
      (await records('RefundReceipt')).filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:')),
    ),
  };
}
