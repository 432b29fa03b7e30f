import { describe, expect, it } from 'vitest';
import type { Invoice } from '../../invoices/invoice.entity.js';
import type { Lead } from '../rows/lead.entity.js';
import { wholeProposal } from '../proposal.js';
import { proposalView } from './proposal.view.js';

const EARLIER = new Date('2026-11-27T10:00:00Z');
const LATER = new Date('2026-11-27T10:00:01Z');

const lead: Partial<Lead> = {
  id: 7,
  qboInvoiceId: '150',
  qboInvoiceNumber: 'CRM-7',
  qboStatus: 'Open',
  qboBalanceCents: 300_000,
  qboPaidCents: 0,
  qboLastSyncAt: EARLIER,
  approvedAt: EARLIER,
  createdAt: EARLIER,
  updatedAt: EARLIER,
};
const paid: Partial<Invoice> = {
  qboInvoiceId: '150',
  number: 'CRM-7',
  status: 'Paid',
  state: 'paid',
  balanceCents: 0,
  paidCents: 300_000,
};
const shown = (lastSyncAt: Date) =>
  proposalView(wholeProposal({ ...lead } as Lead, [], { invoice: { ...paid, lastSyncAt } as Invoice }));

describe('A proposal whose invoice is paid while it is read', () => {
  it('shows state, status and balance of one moment', () => {
    expect(shown(LATER)).toMatchObject({
      qbo_status: 'Paid',
      qbo_state: 'paid',
      qbo_balance_cents: 0,
      qbo_paid_cents: 300_000,
      qbo_last_sync_at: LATER.toISOString(),
    });
  });

  it('shows its own row otherwise', () => {
    expect(shown(EARLIER)).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: 300_000 });
  });
});
