import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/statements/prepared.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { CustomerBase } from '../profile/customer-diff.js';
import { type CustomerProfile, profileIn } from '../profile/customer-profile.js';
import type { LinkedCustomer } from '../customer-links.repository.js';

/** The record of a customer in QuickBooks that its invoices in one foreign currency are made out to. */
export interface CurrencyLink {
  currency: string;
  qboCustomerId: string;
  syncToken: string;
  base: CustomerBase;
}

/** The customer $2 of the organisation $1, held as it is: not where it was erased, which is waited for. */
const KNOWN = 'select 1 from customers where org_id = $1 and id = $2 and erased_at is null for share';

/** The customer_currency_links table: one record in QuickBooks per customer and foreign currency. */
@Injectable()
export class CustomerCurrencyLinksRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async find(company: QboCompany, customerId: number, currency: string): Promise<CurrencyLink | null> {
    const links = await this.list(company, customerId);
    return links.find((link) => link.currency === currency) ?? null;
  }

  /** Every record of a customer in a company, by currency. */
  async list({ orgId, realmId }: QboCompany, customerId: number): Promise<CurrencyLink[]> {
    const rows = await this.dataSource.query<
      (Omit<CurrencyLink, 'base'> & { sent: CustomerProfile; said: CustomerProfile })[]
    >(
      prepared(`select currency, qbo_customer_id as "qboCustomerId", qbo_sync_token as "syncToken", sent, said
         from customer_currency_links
        where org_id = $1 and customer_id = $2 and realm_id = $3
        order by currency`),
      [orgId, customerId, realmId],
    );
    return rows.map(({ sent, said, ...link }) => ({ ...link, base: { sent, said } }));
  }

  /** Notes that nothing was to be sent, because QuickBooks shows what the CRM says; of one that was erased nothing. */
  async markSeen(
    { orgId, realmId }: QboCompany,
    { customerId, currency }: { customerId: number; currency: string },
    sent: CustomerProfile,
  ): Promise<void> {
    await this.dataSource.query(
      `with known as materialized (${KNOWN})
       update customer_currency_links set sent = $5, updated_at = $6
        where org_id = $1 and customer_id = $2 and realm_id = $3 and currency = $4 and sent <> $5
          and exists (select from known)`,
      [orgId, customerId, realmId, currency, JSON.stringify(sent), this.clock.now()],
    );
  }

  /**
   * Links a customer, or notes the newer version of its record. `sent` is what the CRM has sent by then. Of one that
   * was erased meanwhile nothing is kept.
   */
  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { customerId, currency }: { customerId: number; currency: string },
    made: LinkedCustomer,
    sent: CustomerProfile,
  ): Promise<void> {
    await tx.query(
      `with known as materialized (${KNOWN})
       insert into customer_currency_links (org_id, customer_id, realm_id, currency, qbo_customer_id, qbo_sync_token,
                                            sent, said, created_at, updated_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, $9 from known
       on conflict on constraint customer_currency_links_pkey do update
          set qbo_customer_id = excluded.qbo_customer_id, qbo_sync_token = excluded.qbo_sync_token,
              sent = excluded.sent, said = excluded.said, updated_at = excluded.updated_at`,
      [
        orgId,
        customerId,
        realmId,
        currency,
        made.id,
        made.syncToken,
        JSON.stringify(sent),
        JSON.stringify(profileIn(made)),
        this.clock.now(),
      ],
    );
  }

  /** In which currency the QuickBooks customer is kept, as far as the mirror knows. */
  async currencyOf({ orgId, realmId }: QboCompany, qboCustomerId: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ currency: string | null }[]>(
      'select currency from qbo_customers where org_id = $1 and realm_id = $2 and qbo_id = $3',
      [orgId, realmId, qboCustomerId],
    );
    return row?.currency ?? null;
  }
}
