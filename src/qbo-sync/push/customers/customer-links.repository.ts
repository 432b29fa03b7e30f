import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { isOfCompany, type QboCompany } from '../../api/model/qbo-company.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { baseOfMatched, type CustomerBase } from './profile/customer-diff.js';
import type { CrmCustomer, CustomerProfile } from './profile/customer-profile.js';
import { profileIn } from './profile/customer-profile.js';

export interface CustomerLink {
  qboCustomerId: string;
  /** The company it is in; null for a link that was made by hand. */
  realmId: string | null;
  syncToken: string;
  /** What both sides last said of it; null for a link that was made by hand. */
  base: CustomerBase | null;
}

/** What of a QuickBooks customer is kept with its link. */
export type LinkedCustomer = Pick<QboCustomer, 'id' | 'syncToken' | 'displayName' | 'email' | 'phone'>;

/** The link that holds for this company, if there is one. */
export function linkInto(company: QboCompany, { link }: LinkableCustomer): CustomerLink | null {
  return link && isOfCompany(company, link) ? link : null;
}

export type LinkableCustomer = CrmCustomer & {
  link: CustomerLink | null;
  /** In the CRM. */
  isActive: boolean;
  isErased: boolean;
};

interface Row extends CrmCustomer {
  qboCustomerId: string | null;
  realmId: string | null;
  syncToken: string | null;
  said: CustomerProfile | null;
  sent: CustomerProfile | null;
  isActive: boolean;
  isErased: boolean;
}

/** Of the organisation $1 and without a link into the company $2. */
const UNLINKED =
  'org_id = $1 and is_active and (qbo_customer_id is null or coalesce(qbo_realm_id, $2) <> $2)';

/** Which QuickBooks customer stands for a customer: the `qbo_*` columns of customers. */
@Injectable()
export class CustomerLinksRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The customer with its link. Throws not found where it is not in this organisation. */
  async get(
    orgId: number,
    customerId: number,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<LinkableCustomer> {
    const [row] = await this.list(orgId, [customerId], tx);
    if (!row) throw notFound('customer', customerId);
    return row;
  }

  /**
   * The same, locked until the transaction ends: whoever links a customer, decides about it or writes down what goes to
   * QuickBooks of it does so by what the others have done, and nobody erases it meanwhile.
   */
  async getForUpdate(tx: EntityManager, orgId: number, customerId: number): Promise<LinkableCustomer> {
    await tx.query(prepared('select from customers where org_id = $1 and id = $2 for no key update'), [
      orgId,
      customerId,
    ]);
    return this.get(orgId, customerId, tx);
  }

  /** Those of these customers that are in this organisation, with their links. */
  async list(
    orgId: number,
    customerIds: readonly number[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<LinkableCustomer[]> {
    const rows = await tx.query<Row[]>(
      prepared(`select id, email, full_name as "fullName", phone, qbo_customer_id as "qboCustomerId",
              qbo_realm_id as "realmId", qbo_sync_token as "syncToken", qbo_profile as "said",
              qbo_sent as "sent", is_active as "isActive", erased_at is not null as "isErased"
         from customers where org_id = $1 and id = any($2)`),
      [orgId, customerIds],
    );
    return rows.map(({ qboCustomerId, realmId, syncToken, said, sent, ...facts }) => {
      const base = said && { said, sent: sent ?? baseOfMatched(facts, said).sent };
      return {
        ...facts,
        link: qboCustomerId ? { qboCustomerId, realmId, syncToken: syncToken ?? '0', base } : null,
      };
    });
  }

  /** Active customers without a link into this company, in the order of their ids. */
  async listUnlinked(company: QboCompany, afterId: number, limit: number): Promise<number[]> {
    const rows = await this.dataSource.query<{ id: number }[]>(
      `select id from customers where ${UNLINKED} and id > $3 order by id limit $4`,
      [company.orgId, company.realmId, afterId, limit],
    );
    return rows.map((row) => row.id);
  }

  async countUnlinked({ orgId, realmId }: QboCompany): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `select count(*)::int as count from customers where ${UNLINKED}`,
      [orgId, realmId],
    );
    return row!.count;
  }

  /**
   * Links a customer to the QuickBooks customer, or notes the newer version of the one it is linked to. `sent` is what
   * the CRM has sent by then.
   */
  async save(
    tx: EntityManager,
    company: QboCompany,
    customerId: number,
    customer: LinkedCustomer,
    sent: CustomerProfile,
  ): Promise<void> {
    await tx.query(
      `update customers
          set qbo_realm_id = $3, qbo_customer_id = $4, qbo_sync_token = $5, qbo_profile = $6, qbo_sent = $8,
              qbo_last_sync_at = $7, updated_at = $7
        where org_id = $1 and id = $2`,
      [
        company.orgId,
        customerId,
        company.realmId,
        customer.id,
        customer.syncToken,
        JSON.stringify(profileIn(customer)),
        this.clock.now(),
        JSON.stringify(sent),
      ],
    );
  }

  /** Links a customer to one that was in QuickBooks before. What QuickBooks has of it stays. */
  async saveMatched(
    tx: EntityManager,
    company: QboCompany,
    customer: CrmCustomer,
    found: LinkedCustomer,
  ): Promise<void> {
    const { sent } = baseOfMatched(customer, profileIn(found));
    await this.save(tx, company, customer.id, found, sent);
  }

  /** Notes what QuickBooks says now, unless it was erased; what the CRM has sent stays as it is. */
  async saveSaid({ orgId }: QboCompany, customerId: number, customer: LinkedCustomer): Promise<void> {
    await this.dataSource.query(
      `update customers set qbo_sync_token = $4, qbo_profile = $5
        where org_id = $1 and id = $2 and qbo_customer_id = $3 and erased_at is null`,
      [orgId, customerId, customer.id, customer.syncToken, JSON.stringify(profileIn(customer))],
    );
  }

  /** Ends the link. */
  async clear(tx: EntityManager, { orgId }: QboCompany, customerId: number): Promise<void> {
    await tx.query(
      `update customers
          set qbo_realm_id = null, qbo_customer_id = null, qbo_sync_token = null, qbo_profile = null, qbo_sent = null,
              updated_at = $3
        where org_id = $1 and id = $2`,
      [orgId, customerId, this.clock.now()],
    );
  }

  /**
   * Notes that nothing was to be sent, because QuickBooks shows what the CRM says. Of one that was erased meanwhile, or
   * linked elsewhere, nothing is kept.
   */
  async markSeen(
    orgId: number,
    customerId: number,
    qboCustomerId: string,
    sent: CustomerProfile,
  ): Promise<void> {
    await this.dataSource.query(
      prepared(`update customers set qbo_last_sync_at = $4, qbo_sent = $5
        where org_id = $1 and id = $2 and qbo_customer_id = $3 and erased_at is null`),
      [orgId, customerId, qboCustomerId, this.clock.now(), JSON.stringify(sent)],
    );
  }

  /** The ids among these that already stand for a customer of ours. */
  async listTaken(
    company: QboCompany,
    qboCustomerIds: readonly string[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_customer_id as id from customers
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_customer_id = any($3)
       union
       select qbo_customer_id from customer_currency_links
        where org_id = $1 and realm_id = $2 and qbo_customer_id = any($3)`,
      [company.orgId, company.realmId, qboCustomerIds],
    );
    return new Set(rows.map((row) => row.id));
  }
}
