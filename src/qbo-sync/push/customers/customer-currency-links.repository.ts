import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { CustomerBase } from './customer-diff.js';
import { type CustomerProfile, profileIn } from './customer-profile.js';
import type { LinkedCustomer } from './customer-links.repository.js';

/** The record of a customer in QuickBooks that its invoices in one foreign currency are made out to. */
export interface CurrencyLink {
  qboCustomerId: string;
  syncToken: string;
  base: CustomerBase;
}

/** The customer_currency_links table: one record in QuickBooks per customer and foreign currency. */
@Injectable()
export class CustomerCurrencyLinksRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async find(company: QboCompany, customerId: number, currency: string): Promise<CurrencyLink | null> {
    const [row] = await this.dataSource.query<
      { qboCustomerId: string; syncToken: string; sent: CustomerProfile; said: CustomerProfile }[]
    >(
      `select qbo_customer_id as "qboCustomerId", qbo_sync_token as "syncToken", sent, said
         from customer_currency_links
        where org_id = $1 and customer_id = $2 and realm_id = $3 and currency = $4`,
      [company.orgId, customerId, company.realmId, currency],
    );
    if (!row) return null;
    const { sent, said, ...link } = row;
    return { ...link, base: { sent, said } };
  }

  /** Links a customer, or notes the newer version of its record. `sent` is what the CRM has sent by then. */
  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { customerId, currency }: { customerId: number; currency: string },
    made: LinkedCustomer,
    sent: CustomerProfile,
  ): Promise<void> {
    await tx.query(
      `insert into customer_currency_links (org_id, customer_id, realm_id, currency, qbo_customer_id, qbo_sync_token,
                                            sent, said, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
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
