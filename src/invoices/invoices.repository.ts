import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import type { InvoiceKind } from './invoice.entity.js';
import { Invoice } from './invoice.entity.js';

/** What makes an invoice that of a proposal and no other. */
export type NewInvoice = Pick<
  Invoice,
  'orgId' | 'proposalId' | 'kind' | 'sequence' | 'generation' | 'currency'
>;

/** The invoices of proposals as rows. What QuickBooks says of them is written by qbo-sync alone. */
@Injectable()
export class InvoicesRepository {
  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<Invoice | null> {
    return tx.findOneBy(Invoice, { orgId, id });
  }

  /** The newest generation of an invoice of a proposal; null before it was wanted. */
  async findNewest(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    kind: InvoiceKind,
    sequence = 1,
  ): Promise<Invoice | null> {
    return tx.findOne(Invoice, {
      where: { orgId, proposalId, kind, sequence },
      order: { generation: 'DESC' },
    });
  }

  /** The invoice that the qbo columns of a lead are of; null where it has none in QuickBooks. */
  async findShown(
    tx: EntityManager,
    { orgId, id, qboInvoiceId }: { orgId: number; id: number; qboInvoiceId: string | null },
  ): Promise<Invoice | null> {
    return qboInvoiceId === null ? null : tx.findOneBy(Invoice, { orgId, proposalId: id, qboInvoiceId });
  }

  /** Those in QuickBooks, of these proposals, oldest first. */
  async listMade(tx: EntityManager, orgId: number, proposalIds: readonly number[]): Promise<Invoice[]> {
    return tx.find(Invoice, {
      where: { orgId, proposalId: In(proposalIds), qboInvoiceId: Not(IsNull()) },
      order: { id: 'ASC' },
    });
  }

  /**
   * Notes down that an invoice is wanted. Where another caller noted the same generation first, that row is answered.
   */
  async insertOnce(tx: EntityManager, invoice: NewInvoice, at: Date): Promise<Invoice> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(Invoice)
      .values({ ...invoice, createdAt: at, updatedAt: at })
      .orIgnore()
      .updateEntity(false)
      .execute();
    const { orgId, proposalId, kind, sequence, generation } = invoice;
    return tx.findOneByOrFail(Invoice, { orgId, proposalId, kind, sequence, generation });
  }

  /** Notes what is asked of QuickBooks, in cents. */
  async saveAmount(tx: EntityManager, { orgId, id }: Invoice, amountCents: number, at: Date): Promise<void> {
    await tx.update(Invoice, { orgId, id }, { amountCents, updatedAt: at });
  }
}
