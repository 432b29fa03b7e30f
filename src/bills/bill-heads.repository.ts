import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { containing, Parameters } from '../platform/database/statements/parameters.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import type { Bill, BillBooks, BillHead, BillState, BillType, CostHead, JobClues } from './bill.js';
import type { BillsOrder } from './bills-order.js';

export type BillKey = Pick<Bill, 'type' | 'qboId'>;

/** Which heads; what is left out narrows nothing. */
export interface HeadFilter {
  key?: BillKey;
  /** A part of the name of the vendor. */
  vendor?: string;
  state?: BillState;
  /** Whose day decides what is overdue. */
  today?: CalendarDay;
  from?: CalendarDay | null;
  to?: CalendarDay | null;
  /** Only documents that may be about this job. */
  about?: JobClues;
}

/** The heads of one type, so many in order of their ids in QuickBooks after one. */
export interface HeadsOfType {
  type: BillType;
  after: string;
  limit: number;
}

const OWED = 'coalesce(d.balance_cents, 0)';
const OPEN = `d.state <> 'deleted' and d.type <> 'Purchase' and ${OWED} > 0`;
const STATES: Readonly<Record<BillState, (today: () => string) => string>> = {
  deleted: () => `d.state = 'deleted'`,
  paid: () => `d.state <> 'deleted' and (d.type = 'Purchase' or ${OWED} <= 0)`,
  overdue: (today) => `${OPEN} and d.due_on < ${today()}`,
  partial: (today) => `${OPEN} and coalesce(d.due_on >= ${today()}, true) and ${OWED} < d.total_cents`,
  open: (today) => `${OPEN} and coalesce(d.due_on >= ${today()}, true) and ${OWED} >= d.total_cents`,
};
/** The day of a document, which each has: by it and the id an index has them in order. */
const DATED = 'd.txn_on';
const ID = `lower(d.type) || '-' || d.qbo_id collate "C"`;

/** Heads of bills, vendors' credits and purchases in the mirror of a company. Reads only. */
@Injectable()
export class BillHeadsRepository {
  /** In order, newest first where none is named; all that fit without a limit. */
  async list(
    tx: EntityManager,
    { orgId, realmId, homeCurrency }: BillBooks,
    filter: HeadFilter,
    { sort = '-txn_on', after, limit }: BillsOrder = {},
  ): Promise<BillHead[]> {
    const parameters = new Parameters();
    const { place } = parameters;
    const [org, realm, home] = [orgId, realmId, homeCurrency].map(place);
    const day = sort.endsWith('due_on') ? 'd.due_on' : DATED;
    const direction = sort.startsWith('-') ? '<' : '>';
    const where = [
      `d.realm_id = ${realm} and d.type in ('Bill', 'VendorCredit', 'Purchase')`,
      ...conditions(filter, place),
      ...(after ? [afterIt(day, direction, after, place)] : []),
    ];
    const turn = direction === '<' ? 'desc' : 'asc';
    return tx.query(
      `select d.type, d.qbo_id as "qboId", d.party_id as "vendorId", d.party_name as "vendorName", d.number, d.memo,
              to_char(d.txn_on, 'YYYY-MM-DD') as "txnOn", to_char(d.due_on, 'YYYY-MM-DD') as "dueOn",
              coalesce(d.currency, ${home}) as currency, d.total_cents::float8 as "totalCents",
              ${OWED}::float8 as "balanceCents", d.refund, d.state = 'deleted' as deleted
         from qbo_documents d
        where d.org_id = ${org} and ${where.join(' and ')}
        order by ${day} ${turn} ${day === DATED ? '' : 'nulls last'}, ${ID} ${turn}
        ${limit === undefined ? '' : `limit ${place(limit)}`}`,
      parameters.values,
    );
  }

  /** The next of a type that fit, in the order in which they are stored: whoever reads all sorts none. */
  async listCosts(
    tx: EntityManager,
    { orgId, realmId, homeCurrency }: BillBooks,
    filter: HeadFilter,
    { type, after, limit }: HeadsOfType,
  ): Promise<CostHead[]> {
    const parameters = new Parameters();
    const { place } = parameters;
    const [org, realm, home] = [orgId, realmId, homeCurrency].map(place);
    const where = [
      `d.realm_id = ${realm} and d.type = ${place(type)} and d.qbo_id > ${place(after)}`,
      ...conditions(filter, place),
    ];
    return tx.query(
      `select d.type, d.qbo_id as "qboId", d.party_id as "vendorId", d.party_name as "vendorName", d.number, d.memo,
              d.txn_on::text as "txnOn", coalesce(d.currency, ${home}) as currency, d.refund,
              d.state = 'deleted' as deleted
         from qbo_documents d
        where d.org_id = ${org} and ${where.join(' and ')}
        order by d.qbo_id limit ${place(limit)}`,
      parameters.values,
    );
  }
}

function conditions(filter: HeadFilter, place: Parameters['place']): string[] {
  const { key, vendor, state, today, from, to, about } = filter;
  const found: string[] = [];
  if (key) found.push(`d.type = ${place(key.type)} and d.qbo_id = ${place(key.qboId)}`);
  if (vendor !== undefined) found.push(`d.party_name ilike ${place(containing(vendor))}`);
  if (state) found.push(STATES[state](() => `${place(today ?? null)}::date`));
  if (from) found.push(`d.txn_on >= ${place(from)}`);
  if (to) found.push(`d.txn_on <= ${place(to)}`);
  if (about) found.push(`(${aboutJob(about, place)})`);
  return found;
}

function aboutJob({ proposalId, parties, vendors, pattern }: JobClues, place: Parameters['place']): string {
  const same = 'x.org_id = d.org_id and x.realm_id = d.realm_id and x.type = d.type and x.qbo_id = d.qbo_id';
  const text = (columns: string): string =>
    `normalize(concat_ws(' ', ${columns}), NFKD) ~* ${place(pattern)}`;
  return [
    `d.party_id = any (${place(vendors)}::text[])`,
    `exists (select from cost_allocations x where ${same} and x.proposal_id = ${place(proposalId)})`,
    `exists (select from qbo_document_lines x where ${same} and (x.party_id = any (${place(parties)}::text[])
       ${pattern === null ? '' : `or ${text('x.description, x.party_name')}`}))`,
    ...(pattern === null ? [] : [text('d.number, d.memo')]),
  ].join(' or ');
}

/** Documents after one in the order; those without a day come last. */
function afterIt(
  day: string,
  direction: '<' | '>',
  after: NonNullable<BillsOrder['after']>,
  place: Parameters['place'],
): string {
  const id = place(after.id);
  if (day === DATED) return `(${day}, ${ID}) ${direction} (${place(after.day)}::date, ${id})`;
  if (after.day === null) return `${day} is null and ${ID} ${direction} ${id}`;
  const on = `${place(after.day)}::date`;
  return `(${day} ${direction} ${on} or (${day} = ${on} and ${ID} ${direction} ${id}) or ${day} is null)`;
}
