import { mostSevere } from '../../../messages/inbox-messages.js';
import type { CustomerProfile } from '../../push/customers/profile/customer-profile.js';
import type {
  CheckoutFacts,
  ConnectionFacts,
  DepositFacts,
  DisputeFacts,
  GoneInvoiceFacts,
  PaidDepositFacts,
  InboxFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  UnfinishedFacts,
} from './explain-facts.js';

/** Columns of an answer by the name of their group: null where the joined table had no row. */
export type Row = Record<string, unknown>;

interface RowSurroundings {
  connection: ConnectionFacts;
  inbox: InboxFacts | null;
  inboxCount: number;
  unfinished: UnfinishedFacts[];
}

/** What the tables hold of one proposal. */
export interface ProposalRow extends RowSurroundings {
  status: 'lead' | 'draft' | 'approved' | 'cancelled';
  amountCents: number | null;
  depositDueCents: number | null;
  currency: string;
  approvedAt: Date | null;
  keptOut: number | null;
  undecided: number | null;
  /** The personal data of its customer was erased: nothing of theirs is invoiced any more. */
  isErased: boolean;
  hasLink: boolean;
  hasLiveLink: boolean;
  deposit: DepositFacts | null;
  paidDeposit: PaidDepositFacts | null;
  checkout: CheckoutFacts | null;
  invoice: InvoiceExplanationFacts | null;
  othersOpen: { count: number; cents: number };
  gone: GoneInvoiceFacts[];
  operation: OperationFacts | null;
  recording: OperationFacts | null;
}

/** What the tables hold of one customer. */
export interface CustomerRow extends RowSurroundings {
  email: string;
  fullName: string | null;
  phone: string | null;
  qboCustomerId: string | null;
  lastSyncAt: Date | null;
  inOtherCompany: boolean;
  excluded: boolean;
  undecided: boolean;
  resting: 'inactive' | 'erased' | null;
  inactive: boolean;
  /** What QuickBooks last said, and what the CRM last sent. */
  said: CustomerProfile | null;
  sent: CustomerProfile | null;
  operation: OperationFacts | null;
}

export function proposalRow(row: Row): ProposalRow {
  return {
    status: row.status as ProposalRow['status'],
    amountCents: row.amount_cents === null ? null : Number(row.amount_cents),
    depositDueCents: row.deposit_cents === null ? null : Number(row.deposit_cents),
    currency: row.currency as string,
    approvedAt: row.approved_at as Date | null,
    keptOut: row.excluded ? (row.customer_id as number) : null,
    undecided: isUndecided(row) ? (row.customer_id as number) : null,
    isErased: row.is_erased as boolean,
    hasLink: row.has_link as boolean,
    hasLiveLink: row.has_live_link as boolean,
    deposit:
      row.deposit_paid === null
        ? null
        : {
            paidCents: Number(row.deposit_paid),
            refundedCents: Number(row.deposit_refunded),
            lostCents: Number(row.deposit_lost),
            netCents: Number(row.deposit_net),
            paidAt: row.deposit_at as Date,
            dispute: disputeIn(row),
          },
    paidDeposit:
      row.down_paid === null
        ? null
        : {
            paidCents: Number(row.down_paid),
            refundedCents: Number(row.down_refunded),
            lostCents: Number(row.down_lost),
            paidAt: row.down_at as Date,
          },
    checkout:
      row.checkout_status === null
        ? null
        : {
            status: row.checkout_status as CheckoutFacts['status'],
            amountCents: Number(row.checkout_amount),
            expiresAt: row.checkout_expires as Date | null,
            since: row.checkout_since as Date,
            error: row.checkout_error as string | null,
          },
    invoice: row.invoice_number === null ? null : invoiceIn(row),
    othersOpen: { count: Number(row.others_open ?? 0), cents: Number(row.others_cents ?? 0) },
    gone: (row.gone_invoices ?? []) as GoneInvoiceFacts[],
    operation: operationIn(row, 'creation'),
    recording: row.record_state === 'done' && !row.record_unread ? null : operationIn(row, 'record'),
    ...surroundingsIn(row),
  };
}

export function customerRow(row: Row): CustomerRow {
  return {
    email: row.email as string,
    fullName: row.full_name as string | null,
    phone: row.phone as string | null,
    qboCustomerId: row.qbo_customer_id as string | null,
    lastSyncAt: row.qbo_last_sync_at as Date | null,
    inOtherCompany: row.elsewhere as boolean,
    excluded: row.excluded as boolean,
    undecided: isUndecided(row),
    resting: row.resting as 'inactive' | 'erased' | null,
    inactive: row.inactive as boolean,
    said: row.qbo_profile as CustomerProfile | null,
    sent: row.qbo_sent as CustomerProfile | null,
    operation: operationIn(row, 'creation'),
    ...surroundingsIn(row),
  };
}

function invoiceIn(row: Row): InvoiceExplanationFacts {
  return {
    id: row.invoice_id as number,
    key: {
      kind: row.invoice_kind as InvoiceExplanationFacts['key']['kind'],
      sequence: row.invoice_sequence as number,
      change:
        row.change_number === null
          ? null
          : { number: row.change_number as number, description: row.change_description as string },
    },
    number: row.invoice_number as string,
    qboId: row.invoice_qbo_id as string,
    state: row.invoice_state as InvoiceExplanationFacts['state'],
    totalCents: Number(row.invoice_total ?? 0),
    balanceCents: Number(row.invoice_balance ?? 0),
    paidCents: Number(row.invoice_paid ?? 0),
    recordedCents: Number(row.invoice_recorded ?? 0),
    byHandCents: Number(row.invoice_by_hand ?? 0),
    undecidedCents: Number(row.invoice_undecided ?? 0),
    dueOn: row.invoice_due as string | null,
    paidAt: row.invoice_paid_at as Date | null,
    settledOn: row.invoice_settled_on as string | null,
    lastSyncAt: row.invoice_seen as Date | null,
    remindedAt: row.invoice_reminded_at as Date | null,
    inOtherCompany: row.invoice_elsewhere as boolean,
  };
}

function disputeIn({ deposit_dispute }: Row): DisputeFacts | null {
  if (deposit_dispute === null) return null;
  const { respondBy, paidAt, ...dispute } = deposit_dispute as Omit<DisputeFacts, 'respondBy' | 'paidAt'> & {
    respondBy: string | null;
    paidAt: string;
  };
  return {
    ...dispute,
    respondBy: respondBy === null ? null : new Date(respondBy),
    paidAt: new Date(paidAt),
  };
}

/** Whether the creation waits for a person to say whether the customer is one that QuickBooks has. */
function isUndecided(row: Row): boolean {
  return row.creation_state === 'waiting' && row.creation_error === 'customer_match';
}

function operationIn(row: Row, name: 'creation' | 'record'): OperationFacts | null {
  if (row[`${name}_state`] === null) return null;
  return {
    state: row[`${name}_state`] as OperationFacts['state'],
    attempts: row[`${name}_attempts`] as number,
    reason: row[`${name}_reason`] as string | null,
    since: row[`${name}_since`] as Date,
    nextAttemptAt: row[`${name}_next`] as Date,
  };
}

function surroundingsIn(row: Row): RowSurroundings {
  const items = (row.inbox_items ?? []) as InboxFacts[];
  const unfinished = (row.unfinished ?? []) as (Omit<UnfinishedFacts, 'since' | 'nextAttemptAt'> & {
    since: string;
    nextAttemptAt: string;
  })[];
  return {
    connection: {
      state: row.connection_state as ConnectionFacts['state'],
      since: row.connection_since as Date | null,
    },
    inbox: mostSevere(items),
    inboxCount: items.length,
    unfinished: unfinished.map(({ since, nextAttemptAt, ...operation }) => ({
      ...operation,
      since: new Date(since),
      nextAttemptAt: new Date(nextAttemptAt),
    })),
  };
}
