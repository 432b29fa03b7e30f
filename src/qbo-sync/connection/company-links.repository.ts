import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboConnection } from './qbo-connection.entity.js';

type LinkedUnder = Pick<QboConnection, 'orgId' | 'realmId'>;

/** The rows of this table that are linked, and to no company yet. */
const untied = (link: string): string => `x.${link} is not null and x.qbo_realm_id is null`;

/** What of an organisation stands for records of a company, as it takes another one. */
@Injectable()
export class CompanyLinksRepository {
  /** True when something of this organisation stands for something in this company, or may soon. */
  async has(tx: EntityManager, orgId: number, realmId: string): Promise<boolean> {
    const [row] = await tx.query<{ linked: boolean }[]>(
      `select exists (select from customers where org_id = $1 and qbo_realm_id = $2)
           or exists (select from invoices where org_id = $1 and qbo_realm_id = $2)
           or exists (select from sync_operations where org_id = $1 and realm_id = $2 and first_sent_at is not null)
           as linked`,
      [orgId, realmId],
    );
    return row!.linked;
  }

  /**
   * Ties what was linked by SQL, and not read since, to the company that it was linked under: another one numbers its
   * records by itself, and has a stranger's under the same id. A link to a record that another row stands for was never
   * followed, and ends, with what was written along of how it stands: it would lead to that stranger.
   */
  async keep(tx: EntityManager, before: LinkedUnder): Promise<void> {
    await this.tie(tx, 'invoices', 'qbo_invoice_id', before);
    await this.tie(tx, 'customers', 'qbo_customer_id', before);
    const { orgId } = before;
    await tx.query(
      `update invoices x
          set qbo_invoice_id = null, number = null, status = null, state = null, total_cents = null,
              balance_cents = null, paid_cents = null, due_on = null, txn_date = null, paid_on = null,
              qbo_customer_ref = null, original_cents = null, original_customer_ref = null, original_txn_date = null,
              exchange_rate = null, home_total_cents = null, tax_cents = null, sync_token = null,
              payments_incomplete = false, last_sync_at = null, updated_at = now()
        where x.org_id = $1 and ${untied('qbo_invoice_id')}`,
      [orgId],
    );
    await tx.query(
      `update customers x
          set qbo_customer_id = null, qbo_sync_token = null, qbo_profile = null, qbo_sent = null,
              qbo_last_sync_at = null, updated_at = now()
        where x.org_id = $1 and ${untied('qbo_customer_id')}`,
      [orgId],
    );
    await this.showOwn(tx, orgId);
  }

  private async tie(
    tx: EntityManager,
    table: 'customers' | 'invoices',
    link: string,
    { orgId, realmId }: LinkedUnder,
  ): Promise<void> {
    await tx.query(
      `update ${table} x set qbo_realm_id = $2
        where x.org_id = $1 and ${untied(link)} and not exists (
          select from ${table} held
           where held.org_id = $1 and held.${link} = x.${link}
             and (held.qbo_realm_id = $2 or held.qbo_realm_id is null and held.id < x.id))`,
      [orgId, realmId],
    );
  }

  /**
   * A lead that names an invoice which is none of its own shows its own again, or none: it waited for the one that
   * another has, and would take up what has that id in another company.
   */
  private async showOwn(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query(
      `update leads l
          set qbo_invoice_id = shown.qbo_invoice_id, qbo_invoice_number = shown.number, qbo_status = shown.status,
              qbo_balance_cents = shown.balance_cents, qbo_paid_cents = shown.paid_cents,
              qbo_last_sync_at = shown.last_sync_at, updated_at = now()
         from leads x
         left join lateral (
           select i.* from invoices i
            where i.org_id = $1 and i.proposal_id = x.id and i.qbo_invoice_id is not null
            order by coalesce(i.state in ('voided', 'deleted'), false), i.id desc limit 1) shown on true
        where l.org_id = $1 and l.id = x.id and x.org_id = $1 and x.qbo_invoice_id is not null and not exists (
          select from invoices own
           where own.org_id = $1 and own.proposal_id = x.id and own.qbo_invoice_id = x.qbo_invoice_id)`,
      [orgId],
    );
  }
}
