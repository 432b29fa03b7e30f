import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { plainNumber } from '../../platform/text/plain-number.js';

/** A payment page that an event names and no row knows, as its own metadata says what it was for. */
export interface LostPage {
  orgId: number;
  proposalId: number;
  invoiceKind: InvoiceKind;
  invoiceSequence: number;
  openedAt: Date;
  /** The connected account that Stripe says it is in; null: that of the key. */
  accountId: string | null;
}

const KINDS: readonly string[] = ['deposit', 'progress', 'final', 'retainage'] satisfies InvoiceKind[];
const ID_MAX = 2_147_483_647;

/** What the page of an event says that it was for; null where it is none of a CRM's. Pure. */
export function lostPageIn(event: unknown): LostPage | null {
  const object = at(at(event, 'data'), 'object');
  const metadata = at(object, 'metadata');
  const [orgId, proposalId] = [idAt(metadata, 'org_id'), idAt(metadata, 'proposal_id')];
  const created = at(object, 'created');
  if (orgId === null || proposalId === null || typeof created !== 'number') return null;
  const kind = at(metadata, 'kind');
  const account = at(event, 'account');
  return {
    orgId,
    proposalId,
    invoiceKind: typeof kind === 'string' && KINDS.includes(kind) ? (kind as InvoiceKind) : 'deposit',
    invoiceSequence: idAt(metadata, 'sequence') ?? 1,
    openedAt: new Date(created * 1000),
    accountId: typeof account === 'string' ? account : null,
  };
}

function at(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function idAt(value: unknown, field: string): number | null {
  const found = at(value, field);
  const id = typeof found === 'string' ? plainNumber(found) : null;
  return id !== null && Number.isInteger(id) && id > 0 && id <= ID_MAX ? id : null;
}
