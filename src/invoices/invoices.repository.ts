import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import { findByKey } from '../platform/database/statements/find-by-key.js';
import { insertOnce, updateRow } from '../platform/database/statements/written-rows.js';
import { notFound } from '../platform/errors/domain-error.js';
import type { InvoiceKind } from './invoice.entity.js';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import { isLive, liveInvoiceSql, standingInvoice } from './invoice-state.js';

/** What makes an invoice that of a proposal and no other. */
export type NewInvoice = Pick<
  Invoice,
  'orgId' | 'proposalId' | 'kind' | 'sequence' | 'generation' | 'currency'
>;

/** What an invoice is to be over, before tax. */
export interface InvoiceContent {
  lines: readonly Pick<InvoiceLine, 'kind' | 'contractLineId' | 'description' | 'amountCents'>[];
  amountCents: number;
  retainedCents: number;
  releasedCents: number;
}

/** The invoices of proposals as rows. What QuickBooks says of them is written by qbo-sync alone. */
@Injectable()
export class InvoicesRepository {
  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<Invoice | null> {
    return findByKey(tx, Invoice, { orgId, id });
  }

  /** Throws not found. */
  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<Invoice> {
    const invoice = await this.findInOrg(tx, orgId, id);
    if (!invoice) throw notFound('invoice', id);
    return invoice;
  }

  /** The invoice, locked against others until the transaction ends. Throws not found. */
  async getForUpdate(tx: EntityManager, orgId: number, id: number): Promise<Invoice> {
    const invoice = await tx.findOne(Invoice, { where: { orgId, id }, lock: { mode: 'for_no_key_update' } });
    if (!invoice) throw notFound('invoice', id);
    return invoice;
  }

  async chooseReminders(
    tx: EntityManager,
    { orgId, id }: Invoice,
    reminders: boolean,
    at: Date,
  ): Promise<void> {
    await tx.update(Invoice, { orgId, id }, { reminders, updatedAt: at });
  }

  /** The generation of an invoice of a proposal that stands, else the newest; null before it was wanted. */
  async findNewest(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    kind: InvoiceKind,
    sequence = 1,
  ): Promise<Invoice | null> {
    return standingInvoice(await tx.findBy(Invoice, { orgId, proposalId, kind, sequence }));
  }

  /** The generations of an invoice that stand in QuickBooks, the newest first: one, but for what is undone there. */
  async listStanding(
    tx: EntityManager,
    { orgId, proposalId, kind, sequence }: Pick<Invoice, 'orgId' | 'proposalId' | 'kind' | 'sequence'>,
  ): Promise<Invoice[]> {
    const made = await tx.find(Invoice, {
      where: { orgId, proposalId, kind, sequence, qboInvoiceId: Not(IsNull()) },
      order: { generation: 'DESC' },
    });
    return made.filter(isLive);
  }

  /** Of every invoice of a proposal the generation that stands, else the newest; the oldest invoice first. */
  async listNewest(tx: EntityManager, orgId: number, proposalId: number): Promise<Invoice[]> {
    const all = await tx.findBy(Invoice, { orgId, proposalId });
    const byKey = Map.groupBy(all, ({ kind, sequence }) => `${kind}:${sequence}`);
    return [...byKey.values()].map((one) => standingInvoice(one)!).toSorted((a, b) => a.id - b.id);
  }

  /** Which generation of every invoice of these proposals stands, or else is the newest. */
  async listNewestIds(
    tx: EntityManager,
    orgId: number,
    proposalIds: readonly number[],
  ): Promise<Pick<Invoice, 'id' | 'proposalId' | 'kind' | 'sequence'>[]> {
    return tx.query(
      prepared(`select distinct on (proposal_id, kind, sequence) id, proposal_id as "proposalId", kind, sequence
         from invoices where org_id = $1 and proposal_id = any($2::int[])
        order by proposal_id, kind, sequence, ${liveInvoiceSql('invoices')} desc, generation desc`),
      [orgId, proposalIds],
    );
  }

  /** The invoice that the qbo columns of a lead are of; null where it has none in QuickBooks. */
  async findShown(
    tx: EntityManager,
    { orgId, id, qboInvoiceId }: { orgId: number; id: number; qboInvoiceId: string | null },
  ): Promise<Invoice | null> {
    return qboInvoiceId === null ? null : tx.findOneBy(Invoice, { orgId, proposalId: id, qboInvoiceId });
  }

  /** Which invoices of a proposal are wanted and not in QuickBooks. */
  async listUnmade(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
  ): Promise<Pick<Invoice, 'kind' | 'sequence'>[]> {
    return tx.find(Invoice, {
      select: { id: true, kind: true, sequence: true },
      where: { orgId, proposalId, qboInvoiceId: IsNull() },
      order: { id: 'ASC' },
    });
  }

  /** Those in QuickBooks, of these proposals, oldest first. */
  async listMade(tx: EntityManager, orgId: number, proposalIds: readonly number[]): Promise<Invoice[]> {
    return tx.find(Invoice, {
      where: { orgId, proposalId: In(proposalIds), qboInvoiceId: Not(IsNull()) },
      order: { id: 'ASC' },
    });
  }

  /** Has whoever counts the invoices of an organisation to themselves until the transaction ends. */
  async lockCount(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`invoices:${orgId}`]);
  }

  /** When the invoice was noted that is the `count`th newest of the organisation; null where there are fewer. */
  async createdBefore(tx: EntityManager, orgId: number, count: number): Promise<Date | null> {
    const [row] = await tx.query<{ createdAt: Date }[]>(
      `select created_at as "createdAt" from invoices where org_id = $1 order by id desc offset $2 limit 1`,
      [orgId, count - 1],
    );
    return row?.createdAt ?? null;
  }

  /**
   * Notes down that an invoice is wanted. Where another caller noted the same generation first, that row is answered.
   */
  async insertOnce(tx: EntityManager, invoice: NewInvoice, at: Date): Promise<Invoice> {
    const { orgId, proposalId, kind, sequence, generation } = invoice;
    const key = { orgId, proposalId, kind, sequence, generation };
    return insertOnce(tx, Invoice, { ...invoice, createdAt: at, updatedAt: at }, key);
  }

  /** Writes down what an invoice is to be over, in place of what it was. Answers it as it is then. */
  async saveLines(
    tx: EntityManager,
    { orgId, id }: Invoice,
    { lines, amountCents, retainedCents, releasedCents }: InvoiceContent,
    at: Date,
  ): Promise<Invoice> {
    await tx.delete(InvoiceLine, { orgId, invoiceId: id });
    await tx.insert(
      InvoiceLine,
      lines.map((line, index) => ({ ...line, orgId, invoiceId: id, position: index + 1 })),
    );
    const sums = { amountCents, retainedCents, releasedCents };
    return updateRow(tx, Invoice, { orgId, id }, { ...sums, updatedAt: at });
  }

  /** Takes back what an invoice that was never sent was to be over. */
  async setAside(tx: EntityManager, { orgId, id }: Invoice, at: Date): Promise<void> {
    await tx.delete(InvoiceLine, { orgId, invoiceId: id });
    await tx.update(
      Invoice,
      { orgId, id, qboInvoiceId: IsNull() },
      { amountCents: null, retainedCents: 0, releasedCents: 0, updatedAt: at },
    );
  }

  /** The lines of these invoices, in their order. */
  async linesOf(tx: EntityManager, orgId: number, invoiceIds: readonly number[]): Promise<InvoiceLine[]> {
    return tx.find(InvoiceLine, {
      where: { orgId, invoiceId: In(invoiceIds) },
      order: { invoiceId: 'ASC', position: 'ASC' },
    });
  }
}
